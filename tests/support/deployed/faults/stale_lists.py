"""How stale EC2's lists are while a stack is being broken, and how to read past that."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from localcloud.client.lifecycle import LocalCloud

STALE: Mapping[str, float] = {"read_lag_seconds": 0.3, "drop_tags": 0.02, "omit_resources": 0.005}
"""
In every run of the fault suite and of `make soak`; see the local cloud's settings.

The lag is in seconds of ours. Zeros: every list shows the present.
"""

VERY_STALE: Mapping[str, float] = {"read_lag_seconds": 1, "drop_tags": 0.3, "omit_resources": 0.1}
"""On purpose, for a while."""


def fresh_lists(cloud: LocalCloud) -> AbstractContextManager[None]:
    """Let lists show the present: who judges a stack must not be deceived. Calls orders off."""
    cloud.call_off_stale_reads()
    return stale_lists(cloud, **dict.fromkeys(STALE, 0.0))


@contextmanager
def stale_lists(cloud: LocalCloud, **settings: float) -> Iterator[None]:
    """Let lists be as stale as ``settings`` say, and then as before."""
    now = cloud.settings()
    before = {name: now[name] for name in settings}
    cloud.settings(**settings)
    try:
        yield
    finally:
        cloud.settings(**before)
