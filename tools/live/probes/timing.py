"""How long dualhome waits for what AWS dates nowhere, and how a probe measures that."""

import time
from collections.abc import Callable

from dualhome.application import reconcile
from dualhome.domain.planning import observe
from live.probe import Seen
from live.world import World

ATTACH = observe.ATTACH_TIMEOUT.total_seconds()
DETACH = 300.0
"""A third of what a rollback polls for: beyond it the rest is no reserve."""

VISIBLE = observe.VISIBLE_AFTER.total_seconds()
TAG_EVENT = reconcile.SEES_NEW_TAGS_AFTER.total_seconds()
TAGS_LISTED = sum(it.total_seconds() for it in reconcile.COMPARE_AFTER)
CONFIRMED = 10.0
"""The default of the stack's parameter ReleaseDelaySeconds."""


def within(world: World, bound: float, what: str, fact: Callable[[], object]) -> Seen:
    """Wait for ``fact``; the belief holds if it comes true within ``bound`` seconds."""
    began = time.monotonic()
    if world.wait_until(fact, bound):
        return Seen(holds=True, what=f"{what} after {time.monotonic() - began:.1f} s")
    return Seen(holds=False, what=f"{what}: not in {bound:g} s")
