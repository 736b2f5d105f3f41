"""A round of random faults and manual actions from a seed, then rest, then the invariants."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from tests.support.deployed.account import broken
from tests.support.deployed.faults.counts import FaultCounts
from tests.support.deployed.faults.kinds import KINDS
from tests.support.deployed.faults.manual_actions import ACTIONS, WEIGHTS, Crowd
from tests.support.deployed.faults.stack import SPEED, comes_to_rest, rests
from tests.support.deployed.faults.stale_lists import VERY_STALE, stale_lists
from tests.support.deployed.stack import Stack
from tests.support.deployed.triggers import without_events
from tests.support.deployed.waiting import known_of
from tests.support.deployed.world import World

STEPS = 24
PAUSE_SECONDS = 0.5
BLACKOUT_SECONDS = 20
"""Of the stack's clock."""


@dataclass(frozen=True)
class SoakRound:
    """What came of one seed: faults met by kind, rules broken, seconds to rest, what is known."""

    seed: int
    met: Counter[str]
    broken: list[str]
    seconds: float
    known: str


def play(stack: Stack, seed: int, counts: FaultCounts) -> SoakRound:
    """Play one round; times are not the seed's, so that its end may differ."""
    chance = Random(seed)  # noqa: S311 - the same choices each time
    crowd = Crowd.gather(World(stack), chance)
    met: Counter[str] = Counter()
    with ExitStack() as around:
        for kind, surrounding in SURROUNDINGS.items():
            if chance.random() < 0.25:
                met[kind] += 1
                around.enter_context(surrounding(stack))
        ended = _disturb(stack, crowd, chance, met)
        comes_to_rest(stack)
    instances = crowd.world.instances
    found = broken(stack, crowd.by_hand, instances)
    seconds = _seconds_to_rest(stack, instances, ended)
    for kind, times in met.items():
        counts.note(kind, faults=times, seconds=seconds, broken=bool(found))
    return SoakRound(seed, met, found, seconds, known_of(stack, instances) if found else "")


def _disturb(stack: Stack, crowd: Crowd, chance: Random, met: Counter[str]) -> datetime:
    """Do it all; return when the last thing was done. What was ordered may still be met."""
    kinds: dict[int, str] = {}
    for _ in range(STEPS):
        if chance.random() < 0.5:
            kind = chance.choice(list(KINDS))
            kinds[_order(stack, KINDS[kind](chance))] = kind
        else:
            (kind,) = chance.choices(list(ACTIONS), WEIGHTS)
            met[kind] += crowd.act(kind)
        time.sleep(chance.uniform(0, PAUSE_SECONDS))
    if chance.random() < 0.25:
        met["EC2 throttles all for 20 s"] += _blackout(stack)
    ended = stack.cloud.now()
    rests(stack)
    for number, it in stack.cloud.call_off().items():
        met[kinds[number]] += it["done"]
    for kind in [kind for kind, times in met.items() if not times]:
        del met[kind]
    return ended


def _order(stack: Stack, order: dict[str, Any]) -> int:
    principal = stack.role(order.pop("role"))
    (number,) = stack.cloud.interrupt(order | {"principal": principal})
    return number


def _blackout(stack: Stack) -> int:
    roles = ("ReconcileInstancesRole", "DetachInterfaceRole", "CheckDetachedRole")
    error = {"do": "error", "service": "ec2", "code": "RequestLimitExceeded", "status": 503}
    numbers = [_order(stack, error | {"role": role, "times": 100_000}) for role in roles]
    time.sleep(BLACKOUT_SECONDS / SPEED)
    return sum(stack.cloud.call_off(number)[number]["done"] for number in numbers)


@contextmanager
def _setting(stack: Stack, **changes: float) -> Iterator[None]:
    before = {name: stack.cloud.settings()[name] for name in changes}
    stack.cloud.settings(**changes)
    try:
        yield
    finally:
        stack.cloud.settings(**before)


SURROUNDINGS: Mapping[str, Callable[[Stack], AbstractContextManager[None]]] = {
    "events lost": without_events,
    "EC2's published buckets": lambda stack: _setting(stack, throttle_scale=1),
    "EC2's lists are very stale": lambda stack: stale_lists(stack.cloud, **VERY_STALE),
    "attach and detach take 30 s": lambda stack: _setting(
        stack, attach_seconds=30 / SPEED, detach_seconds=30 / SPEED
    ),
}


def _seconds_to_rest(stack: Stack, instances: list[str], since: datetime) -> float:
    moves = [it["at"] for instance in instances for it in stack.audit(instance)]
    last = max((datetime.fromisoformat(at) for at in moves), default=since)
    return max(0.0, (last - since).total_seconds())
