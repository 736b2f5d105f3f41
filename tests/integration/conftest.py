"""Checkouts whose local cloud ends with the tests that use it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.readers.checkout import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """Return a checkout whose local cloud is not running."""
    yield Checkout(tmp_path)
    Checkout(tmp_path).run("localcloud", "down")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """Return a checkout whose local cloud runs, for tests that leave it so."""
    checkout = Checkout(tmp_path_factory.mktemp("running"))
    checkout.up()
    yield checkout
    checkout.run("localcloud", "down")
