"""A local AWS that carries packets, where this machine can; and a network for each test."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from localcloud.packets.commands import missing
from tests.integration.localcloud.cloud import AT_ONCE, Cloud, Lab, running_cloud
from tests.integration.localcloud.conftest import ACCOUNTS
from tests.integration.localcloud.packets.network import Net


@pytest.fixture(scope="session")
def can_carry_packets() -> None:
    """Skip where root, iproute2 or nftables is missing."""
    if lacking := missing():
        pytest.skip(lacking)


@pytest.fixture(scope="session")
def carrying_cloud(can_carry_packets: None) -> Iterator[Cloud]:  # noqa: ARG001 - asked first
    """A local AWS that carries packets, and in which nothing takes time."""
    with running_cloud(*AT_ONCE, "--packets", "--ssm-agent-seconds", "0") as cloud:
        cloud.control("PUT", "settings", {"ssm_invocation_seconds": 0})
        yield cloud


@pytest.fixture
def net(carrying_cloud: Cloud) -> Iterator[Net]:
    """An account of the test's own; what it serves ends with it."""
    with ExitStack() as listeners:
        yield Net(Lab(carrying_cloud, str(next(ACCOUNTS))), listeners)
