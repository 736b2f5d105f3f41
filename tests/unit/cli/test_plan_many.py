"""Plans for many instances at once: no instance is promised what another would get."""

from hypothesis import given
from hypothesis import strategies as st

from dualhome.domain.identifiers import InstanceId
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.plan.outcome import Outcome
from tests.support.builders.values import an_instance, an_interface
from tests.support.scenarios.plan_driver import simulated
from tests.support.scenarios.scene import Scene, a_scene

CROWD = [InstanceId(f"i-{number:02}") for number in range(6)]


def a_crowd(free: int, asking: list[InstanceId]) -> Scene:
    """Return a deployment in which ``asking`` want the few that are ``free``."""
    pool = (an_interface(f"eni-{number:02}") for number in range(free))
    return a_scene(*map(an_instance, asking), *pool)


def test_two_instances_are_not_promised_the_same_interface() -> None:
    """Of three who ask for two interfaces, one must hear that it will wait, and for whom."""
    scene = a_crowd(2, CROWD[:3])

    first, second, third = (it.outcomes[0] for it in simulated(scene, CROWD[:3]))

    assert first.record
    assert second.record
    assert {"eni-00", "eni-01"} == {first.record.interface, second.record.interface}
    assert (Outcome.WAIT, Reason.POOL_EMPTY) == (third.outcome, third.reason)
    assert {"eni-00", "eni-01"} == set(third.promised)


def test_what_is_attached_already_is_not_promised_to_anybody() -> None:
    """It was gone before anybody asked."""
    scene = a_crowd(1, CROWD[:2])
    scene.request(CROWD[0])
    scene.work_off()

    having, waiting = (it.outcomes[0] for it in simulated(scene, CROWD[:2]))

    assert (Outcome.ATTACHED, Outcome.WAIT) == (having.outcome, waiting.outcome)
    assert () == waiting.promised


def test_each_instance_is_asked_about_in_the_order_given() -> None:
    """Who comes first gets it: so the order is the caller's, not ours."""
    scene = a_crowd(1, CROWD[:2])

    last_first = simulated(scene, [CROWD[1], CROWD[0]])

    assert [CROWD[1], CROWD[0]] == [it.id for it in last_first]
    assert [True, False] == [it.good for it in last_first]


@given(free=st.integers(0, 6), asking=st.permutations(CROWD))
def test_as_many_are_promised_one_as_the_reconciler_then_attaches(
    free: int, asking: list[InstanceId]
) -> None:
    """Neither too many promises nor too few, whatever the order and the number."""
    scene = a_crowd(free, asking)

    promised = {it.id: it.outcomes[0] for it in simulated(scene, asking)}
    scene.request(*asking)

    for instance in asking:
        then, record = scene.record(instance=instance), promised[instance].record
        assert record
        assert then.interface == record.interface
        assert then.reason == record.reason


def test_many_instances_are_read_at_once() -> None:
    """A plan for an Auto Scaling group costs what a batch costs."""
    scene = a_crowd(6, CROWD)

    simulated(scene, CROWD)

    assert 4 == sum(call.startswith("describe") for call in scene.calls.made)


def test_what_the_breaker_would_hold_is_not_foretold_to_be_released() -> None:
    """Asked what an empty tag on a whole group would do, the answer counts the breaker in."""
    scene = a_crowd(6, CROWD)
    scene.request(*CROWD)
    scene.work_off()
    scene.breaker.most = 4
    scene.breaker.admitted.add(CROWD[5])

    found = [it.outcomes[0] for it in simulated(scene, CROWD, "")]

    assert [*[Outcome.RELEASE] * 3, *[Outcome.KEEP] * 2, Outcome.RELEASE] == [
        it.outcome for it in found
    ]
    assert Reason.RELEASE_HELD is found[3].reason
    assert {CROWD[5]} == scene.breaker.admitted


@given(
    most=st.integers(1, 7),
    held=st.booleans(),
    admitted=st.sets(st.sampled_from(CROWD)),
    asking=st.permutations(CROWD),
)
def test_as_many_are_let_go_as_was_foretold(
    *, most: int, held: bool, admitted: set[InstanceId], asking: list[InstanceId]
) -> None:
    """The breaker's own answers, whichever instance was admitted before."""
    scene = a_crowd(6, CROWD)
    scene.request(*CROWD)
    scene.work_off()
    scene.breaker.most, scene.breaker.held, scene.breaker.admitted = most, held, admitted
    for instance in CROWD:
        scene.ec2.tag(instance, {"dualhome:targets": None})

    promised = {it.id: it.outcomes[0].outcome for it in simulated(scene, asking)}
    scene.request(*asking)

    for instance in asking:
        let_go = scene.record(instance=instance).state == State.RELEASING
        assert (Outcome.RELEASE if let_go else Outcome.KEEP) is promised[instance]
