"""Instances that go: what they held comes back, and goes to those who wait."""

from datetime import timedelta

import pytest

from dualhome.application.requeue import REQUEUED_PER_RELEASE
from dualhome.domain.ec2 import Instance, InstanceState
from dualhome.domain.errors import AttachmentLimitError, UnavailableError
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import INSTANCE, INTERFACE, OTHER_ZONE, an_instance, an_interface
from tests.support.scenarios.scene import Scene, a_scene

WAITER = InstanceId("i-02")


def test_a_terminated_instance_gives_back_interface_and_slot() -> None:
    """EC2 detaches at termination: the ledger must not hold what is free."""
    scene = _attached()

    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)
    scene.request(event="event-2")

    record = scene.record()
    assert (State.RELEASED, Reason.INSTANCE_STATE) == (record.state, record.reason)
    assert {} == scene.ledger.claimed()
    assert {} == scene.ledger.slots()


def test_an_instance_that_ec2_has_forgotten_gives_back_what_it_held() -> None:
    """The event of its termination was lost; an hour later EC2 does not show it any more."""
    scene = _attached()

    scene.ec2.forget(INSTANCE)
    scene.clock.advance(3600)
    scene.request(event="event-2")

    assert State.RELEASED == scene.record().state
    assert {} == scene.ledger.claimed()


def test_an_interface_is_released_only_when_ec2_has_detached_it() -> None:
    """While the instance shuts down, its interfaces are still attached."""
    scene = _attached()

    scene.ec2.put_state(INSTANCE, InstanceState.SHUTTING_DOWN)
    scene.request(event="event-2")
    assert [INTERFACE] == list(scene.ledger.claimed())
    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)
    scene.work_off()

    assert State.RELEASED == scene.record().state


@pytest.mark.parametrize("state", [InstanceState.SHUTTING_DOWN, InstanceState.TERMINATED])
def test_a_dying_instance_gets_nothing(state: InstanceState) -> None:
    """Its tags still ask for targets."""
    scene = a_scene(an_instance(state=state), an_interface())

    scene.request()
    scene.work_off()

    assert [] == scene.ledger.audit
    assert 0 == scene.calls.count("attach")


def test_an_instance_terminated_between_claim_and_attachment_gives_its_claim_back() -> None:
    """EC2 refuses; that nothing was attached is certain when no invocation lives that may try."""
    scene = a_scene(an_instance(), an_interface())
    scene.calls.before_next("attach", lambda: scene.ec2.forget(INSTANCE))

    scene.request()
    scene.work_off()

    assert [State.CLAIMED, State.RELEASED] == scene.states()
    assert {} == scene.ledger.claimed()


def test_a_released_interface_goes_to_the_instance_that_waits_for_it() -> None:
    """No tag has to change: the release requeues what waits."""
    scene = _attached(an_instance(WAITER))
    scene.request(WAITER)
    assert State.WAITING == scene.record(instance=WAITER).state

    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)
    scene.request(event="event-2")
    scene.work_off()

    assert (State.ATTACHED, INTERFACE) == (
        scene.record(instance=WAITER).state,
        scene.record(instance=WAITER).interface,
    )


def test_a_released_interface_is_free_for_the_rest_of_the_batch() -> None:
    """An instance replaced by another one: both events often come together."""
    scene = _attached(an_instance(WAITER))
    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)

    scene.request(INSTANCE, WAITER, event="event-2")

    assert INTERFACE == scene.record(instance=WAITER).interface


def test_a_release_requeues_those_of_its_zone_who_wait_longest_and_not_all_of_them() -> None:
    """One interface is free: to requeue a thousand instances for it would be a storm."""
    waiting = [an_instance(f"i-1{number:02}") for number in range(REQUEUED_PER_RELEASE + 2)]
    elsewhere = an_instance("i-200", zone=OTHER_ZONE)
    other_pool = an_interface("eni-99", zone=OTHER_ZONE, tags={"dualhome:reserved-for": "i-0f"})
    scene = _attached(*waiting, elsewhere)
    scene.ec2.add(other_pool)
    scene.request(elsewhere.id)
    for instance in reversed(waiting):
        scene.clock.advance(1)
        scene.request(instance.id)
    scene.work_off()

    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)
    scene.request(event="event-2")

    longest = [it.id for it in reversed(waiting)][:REQUEUED_PER_RELEASE]
    assert longest == [request.instance for _, request in scene.queue.queued]


def test_an_instance_refused_by_ec2_requeues_the_next_one() -> None:
    """Its claim is free again, whatever the reason."""
    scene = a_scene(an_instance(), an_instance(WAITER), an_interface())

    def others_wait_and_ec2_refuses() -> None:
        scene.request(WAITER)
        raise AttachmentLimitError("Interface count 4 exceeds the limit")

    scene.calls.before_next("attach", others_wait_and_ec2_refuses)
    scene.request()

    scene.work_off()

    assert State.ATTACHED == scene.record(instance=WAITER).state


def test_a_closed_record_stays_closed() -> None:
    """A late event about an instance long gone changes nothing."""
    scene = _attached()
    scene.ec2.forget(INSTANCE)
    scene.clock.advance(3600)
    scene.request(event="event-2")
    before = list(scene.ledger.audit)

    scene.clock.advance(timedelta(days=1).total_seconds())
    scene.request(event="event-3")

    assert before == scene.ledger.audit
    assert scene.queue.seconds_to_next() is None


def test_waiting_instances_are_requeued_although_the_first_query_failed() -> None:
    """A release is written once: if its requests were lost, the interface would lie idle."""
    scene = _attached(an_instance(WAITER))
    scene.request(WAITER)
    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)
    scene.calls.fail_next("in_state", UnavailableError("?"))

    scene.request(event="event-2")
    scene.work_off()

    assert State.ATTACHED == scene.record(instance=WAITER).state


def _attached(*others: Instance) -> Scene:
    scene = a_scene(an_instance(), an_interface())
    scene.request()
    scene.work_off()
    scene.ec2.add(*others)
    return scene
