"""Whatever the account looks like, the reconciler does what was simulated."""

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dualhome.domain.ec2 import InstanceState, Interface
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    OTHER_ZONE,
    POLICY,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.scenarios.attached import paused
from tests.support.scenarios.plan_driver import outcomes
from tests.support.scenarios.scene import Scene, a_scene

TARGETS = st.sampled_from(
    ["", "mgmt", "mgmt@2", "data mgmt", "mgmt@1 data@1", "mgmt data@2 x", "@"]
)
MARKS: st.SearchStrategy[dict[str, str]] = st.sampled_from(
    [{}, {}, {"dualhome:policy": "all"}, {"dualhome:policy": "?"}, {"dualhome:ignore": ""}]
)
ODDITIES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        *[{}] * 4,
        {"zone": OTHER_ZONE},
        {"status": "in-use"},
        {"requester_managed": True},
        {"tags": {"dualhome:reserved-for": "i-99"}},
        {"tags": {"dualhome:reserved-for": INSTANCE}},
    ]
)
USER_ACTIONS = st.lists(st.sampled_from(["detach", "stop", "terminate", "hurry"]), max_size=2)


@st.composite
def pools(draw: st.DrawFn) -> list[Interface]:
    """Return the interfaces of two targets, some of which no instance can have."""
    marks = draw(st.lists(st.tuples(st.sampled_from(["mgmt", "data"]), ODDITIES), max_size=6))
    vpcs = {"mgmt": "vpc-0b", "data": "vpc-0d"}
    return [
        an_interface(f"eni-{number:02}", pool=pool, vpc=vpcs[pool], **odd)
        for number, (pool, odd) in enumerate(marks)
    ]


def happen(scene: Scene, what: str) -> None:
    """Let people do something behind our back."""
    match what:
        case "detach":
            attached = [it.id for it in scene.ec2.interfaces() if it.attachment]
            for interface in attached:
                scene.ec2.detach(interface)
        case "stop":
            scene.ec2.put_state(INSTANCE, InstanceState.STOPPING)
        case "terminate":
            scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)


OF_BOTH = [an_interface("eni-00"), an_interface("eni-01", pool="data", vpc="vpc-0d")]


# Of a unit that is given back, and an index that is pinned elsewhere, one pass confirms the first.
@example(
    before="data mgmt",
    wanted="mgmt data@2 x",
    marks={"dualhome:policy": "all"},
    pool=OF_BOTH,
    user_actions=[],
    stopped="",
)
@settings(max_examples=150)
@given(
    before=TARGETS,
    wanted=TARGETS,
    marks=MARKS,
    pool=pools(),
    user_actions=USER_ACTIONS,
    stopped=st.sampled_from(["", "", "", "paused", "held"]),
)
def test_the_simulated_record_is_the_one_that_a_reconciliation_leaves(
    *,
    before: str,
    wanted: str,
    marks: dict[str, str],
    pool: list[Interface],
    user_actions: list[str],
    stopped: str,
) -> None:
    """State, reason and interface: a plan that is right only as a rule is not worth asking."""
    scene = a_scene(an_instance(targets=before), a_vpc("vpc-0d", target="data"), *pool)
    scene.request()
    if "hurry" not in user_actions:
        scene.work_off()
    for what in user_actions:
        happen(scene, what)
    scene.clock.advance(60)
    scene.ec2.tag(INSTANCE, {POLICY.keys.targets: wanted, **marks})
    if stopped == "paused":
        paused(scene)
    scene.breaker.held = stopped == "held"

    simulated = {it.target: it.record for it in outcomes(scene) if it.record}
    scene.request(event="event-2")

    left = {
        target: record
        for target, record in scene.ledger.of(INSTANCE).items()
        if record.state != State.RELEASED or target in simulated
    }
    assert simulated.keys() == left.keys()
    for target, record in left.items():
        then = simulated[target]
        # EC2 has accepted by then what was only to be claimed.
        state = State.ATTACHING if then.state == State.CLAIMED else then.state
        assert (state, then.reason) == (record.state, record.reason)
        assert (then.interface, then.slot, then.detail) == (
            *(record.interface, record.slot, record.detail),
        )
