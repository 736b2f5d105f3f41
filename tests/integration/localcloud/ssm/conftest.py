"""A local AWS whose clock is fast, so that commands run out of time in moments."""

from collections.abc import Iterator

import pytest

from tests.integration.localcloud.cloud import AT_ONCE, Cloud, Lab, running_cloud
from tests.integration.localcloud.ssm.managed import ManagedLab

FAST = ("--clock-speed", "60", "--ssm-agent-seconds", "0")
NO_LAG = {"ssm_invocation_seconds": 0}


@pytest.fixture(scope="session")
def shared_cloud() -> Iterator[Cloud]:
    """A local AWS in which a minute is a second, and reads show a command at once."""
    with running_cloud(*AT_ONCE, *FAST) as cloud:
        cloud.control("PUT", "settings", NO_LAG)
        yield cloud


@pytest.fixture
def account(lab: Lab) -> ManagedLab:
    """An account of the test's own."""
    return ManagedLab(lab.cloud, lab.account)
