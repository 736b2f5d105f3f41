"""Unit tests open no socket: what needs one belongs to another tier."""

from collections.abc import Iterator

import pytest
from pytest_socket import disable_socket, enable_socket


@pytest.fixture(autouse=True)
def no_sockets() -> Iterator[None]:
    """Fail at once on a network call; unix sockets stay, event loops are built on them."""
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()
