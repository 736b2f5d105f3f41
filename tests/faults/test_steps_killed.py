"""Rollback's steps, publisher and status writer die around any of their calls, and are repeated."""

from collections import Counter
from collections.abc import Iterator, Mapping

import pytest

from tests.support.deployed.events import Inbox
from tests.support.deployed.faults.runs import (
    CHECKER,
    CLOSER,
    DETACHER,
    MARKER,
    PUBLISHER,
    WRITER,
    Run,
    Survived,
    attached,
    survive,
)
from tests.support.deployed.stack import Stack
from tests.support.deployed.world import World
from tests.support.samples import sampled

Case = tuple[str, str, int]


def around_each_call(role: str, calls: int) -> Iterator[Case]:
    """Yield before and after each; who dies after a call dies before the next one."""
    yield "before", role, 1
    for n in range(1, calls + 1):
        yield "after", role, n


CALLS = {DETACHER: 3, CHECKER: 2, CLOSER: 6, PUBLISHER: 2, WRITER: 5}
KILLED: list[Case] = sampled(
    (case for role, n in CALLS.items() for case in around_each_call(role, n)), lambda it: it[:2]
)
ANNOUNCERS = {PUBLISHER, WRITER}
STUCK: list[Case] = sampled(around_each_call(MARKER, 2), lambda it: it[:2])

REFUSAL = {"do": "error", "code": "OperationNotPermitted", "status": 400, "times": 1000}


@pytest.fixture(scope="module")
def inbox(stack: Stack) -> Inbox:
    """A subscriber of dualhome's events."""
    return Inbox.subscribe(stack)


@pytest.fixture(scope="module")
def killed(inbox: Inbox, world: World) -> Mapping[Case, Survived]:
    """One release for each call of the steps that lead to its end, and of what announces it."""
    runs = attached(world, KILLED + STUCK)

    def go(case: Case, run: Run) -> None:
        when, role, n = case
        run.interrupt(do="kill", when=when, nth=n, role=role)
        if case in STUCK:
            run.interrupt(**REFUSAL, action="DetachNetworkInterface")
        run.leave()

    assert inbox.queue_url
    return survive("step, publisher or status writer killed", runs, go)


@pytest.mark.parametrize("case", KILLED)
def test_a_release_whose_steps_are_killed_ends_released(
    killed: Mapping[Case, Survived], case: Case
) -> None:
    """Each step may be repeated, and finds what it did the first time."""
    it = killed[case]

    assert it.broken == []
    assert (it.met, it.state, it.record["reason"]) == (1, "released", "NOT_WANTED")


@pytest.mark.parametrize("case", STUCK)
def test_a_release_that_ec2_refuses_ends_stuck_although_the_last_step_is_killed(
    killed: Mapping[Case, Survived], case: Case
) -> None:
    """The operator finds EC2's own words."""
    it = killed[case]

    assert it.broken == []
    assert it.met > 1
    assert (it.state, it.record["reason"]) == ("stuck", "UNDO_FAILED")
    assert REFUSAL["code"] in it.record["detail"]


@pytest.mark.parametrize("case", [case for case in KILLED if case[1] in ANNOUNCERS])
def test_every_move_is_published_although_the_publisher_is_killed(
    killed: Mapping[Case, Survived], inbox: Inbox, case: Case
) -> None:
    """At least once, as stream and queue deliver it; the tags show what is so now."""
    run = killed[case].run
    stack = run.stack
    moves = {it["id"] for it in stack.audit(run.instance)}

    run.world.until(
        lambda: moves <= Counter(it["detail"]["id"] for it in inbox.events(run.instance)).keys()
    )
    status = f"{run.target.name}=released"
    run.world.until(lambda: stack.tags(run.instance).get("dualhome-status") == status)
    given_up = f"released:{run.instance}"
    run.world.until(lambda: stack.tags(run.pool[0]).get("dualhome-status") == given_up)
