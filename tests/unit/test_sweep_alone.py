"""Sweeps alone: every event is lost, and all comes right."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from dualhome.domain.ec2 import InstanceState
from dualhome.domain.states import State
from tests.support.builders.values import POLICY, an_interface
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.crowd import SETTLES, SWEEPS, Crowd
from tests.support.scenarios.faults import Deliver
from tests.support.scenarios.user_actions import (
    Add,
    Attach,
    Delete,
    Detach,
    Forget,
    Launch,
    PutState,
    Tag,
    UserAction,
)

NUMBERS = st.integers(min_value=0, max_value=5)
TARGET_TAGS = st.sampled_from(
    [None, "", "mgmt", "data", "mgmt data", "mgmt@2", "data@1 mgmt", "mgmt@0"]
)
ACTIONS: st.SearchStrategy[UserAction] = st.one_of(
    st.builds(Launch, TARGET_TAGS),
    st.builds(Tag, NUMBERS, st.just(POLICY.keys.targets), TARGET_TAGS),
    st.builds(Tag, NUMBERS, st.just(POLICY.keys.ignore), st.sampled_from(["", None])),
    st.builds(PutState, NUMBERS, st.sampled_from([InstanceState.STOPPED, *InstanceState])),
    st.builds(Forget, NUMBERS),
    st.builds(Attach, NUMBERS, NUMBERS, st.integers(min_value=1, max_value=2)),
    st.builds(Detach, NUMBERS),
    st.builds(Delete, NUMBERS),
    st.builds(Add, st.sampled_from(["mgmt", "data"])),
)
LOST = Deliver(0)


@given(st.lists(st.lists(ACTIONS, max_size=4), max_size=5))
def test_whatever_happens_between_sweeps_is_put_right_by_them(
    actions: Sequence[Sequence[UserAction]],
) -> None:
    """EventBridge promises its best effort, which may be none."""
    crowd, sweeper = _unheard()

    for several in actions:
        for action in several:
            action(crowd)
        LOST(crowd)
        sweeper.tick()
    _settle(crowd, sweeper)

    assert [] == crowd.broken()


def test_a_fleet_is_attached_stopped_renamed_and_terminated_without_a_single_event() -> None:
    """An ordinary life."""
    crowd, sweeper = _unheard()
    crowd.scene.ec2.add(an_interface("eni-77"))
    first, second = crowd.instances

    sweeper.tick()
    assert {State.ATTACHED} == {it.state for it in crowd.scene.ledger.of(first).values()}
    crowd.scene.ec2.put_state(first, InstanceState.STOPPED)
    crowd.scene.ec2.tag(second, {POLICY.keys.targets: "mgmt@2"})
    sweeper.tick()
    crowd.scene.ec2.forget(first)
    _settle(crowd, sweeper)

    released = crowd.scene.ledger.of(first).values()
    assert {State.RELEASED} == {it.state for it in released}
    assert State.ATTACHED == crowd.scene.record(instance=second).state
    assert [] == crowd.broken()


def _unheard() -> tuple[Crowd, Sweeper]:
    """Return a crowd of which no event tells."""
    crowd = Crowd()
    LOST(crowd)
    return crowd, Sweeper(crowd.scene)


def _settle(crowd: Crowd, sweeper: Sweeper) -> None:
    """Let what is in transit arrive, and sweep until nothing changes any more."""
    for instance in crowd.shown().values():
        if state := SETTLES.get(instance.state):
            crowd.scene.ec2.put_state(instance.id, state)
    for _ in range(SWEEPS):
        written = len(crowd.scene.ledger.audit)
        sweeper.tick()
        if written == len(crowd.scene.ledger.audit):
            break
