"""EC2 refuses every call of ours for twenty seconds: nothing fails, and no alarm rings."""

import time
from collections.abc import Mapping

import pytest

from tests.support.deployed.faults.runs import (
    CHECKER,
    DETACHER,
    RECONCILER,
    WRITER,
    Run,
    Survived,
    attached,
    prepare,
    survive,
)
from tests.support.deployed.faults.stack import SPEED
from tests.support.deployed.world import World
from tests.support.samples import sampled

STACK_SECONDS = 20
THROTTLED = {"do": "error", "service": "ec2", "code": "RequestLimitExceeded", "status": 503}
ENDS = {f"asked {n}": "attached" for n in range(4)} | {f"left {n}": "released" for n in range(4)}
CASES = sampled(ENDS, lambda case: ENDS[case])


@pytest.fixture(scope="module")
def throttled(world: World) -> Mapping[str, Survived]:
    """All calls of all functions, for attaches and releases."""
    leaving = [case for case in CASES if ENDS[case] == "released"]
    runs = attached(world, leaving) | prepare(world, [it for it in CASES if it not in leaving])
    for run in runs.values():
        for role in (RECONCILER, DETACHER, CHECKER, WRITER):
            run.interrupt(**THROTTLED, role=role, times=100_000)
    blackout_ends = time.monotonic() + STACK_SECONDS / SPEED

    def go(case: str, run: Run) -> None:
        (run.leave if ENDS[case] == "released" else run.ask)()
        if case == list(runs)[-1]:
            time.sleep(max(0.0, blackout_ends - time.monotonic()))
            met.update({name: it.call_off() for name, it in runs.items()})

    met: dict[str, int] = {}
    found = survive("EC2 throttles all for 20 s", runs, go)
    assert sum(met.values()) > 0
    return found


@pytest.mark.parametrize("case", CASES)
def test_twenty_seconds_without_ec2_are_waited_out(
    throttled: Mapping[str, Survived], case: str
) -> None:
    """Nothing is undone, nothing fails, and what was asked for comes later."""
    it = throttled[case]

    assert it.broken == []
    assert it.state == ENDS[case]
    assert "failed" not in {move["to_state"] for move in it.run.stack.audit(it.run.instance)}
