"""How stale EC2's lists are while a stack is being broken, and how to read past that."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from localcloud.lifecycle import LocalCloud

STALE: Mapping[str, float] = {"read_lag_seconds": 0.0, "drop_tags": 0.0, "omit_resources": 0.0}
"""
In every run of the fault suite and of `make soak`; see the local cloud's settings.

The lag is in seconds of ours. Zeros: every list shows the present.
"""

FRESH: Mapping[str, float] = dict.fromkeys(STALE, 0.0)


@contextmanager
def fresh_lists(cloud: LocalCloud) -> Iterator[None]:
    """Let lists show the present: who judges a stack must not be deceived by them."""
    now = cloud.settings()
    before = {name: now[name] for name in FRESH}
    cloud.settings(**FRESH)
    try:
        yield
    finally:
        cloud.settings(**before)
