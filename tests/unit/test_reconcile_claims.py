"""Claims of other invocations, alive or dead: the ledger decides who has what."""

from dataclasses import replace

import pytest

from dualhome.application.reconcile import reconcile
from dualhome.application.requests import ReconcileRequest
from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.ec2 import DeviceSlot, Interface
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    TRACE,
    a_cause,
    a_record,
    an_instance,
    an_interface,
)
from tests.support.scenarios.scene import Scene, a_scene

RIVAL = InstanceId("i-02")
POOL = tuple(an_interface(f"eni-0{number}") for number in range(1, 8))


def test_a_claim_taken_since_our_reading_is_replaced_by_the_next_one() -> None:
    """Two invocations read the same free interface: the ledger lets one of them have it."""
    scene = _scene()
    batch = scene.batch([INSTANCE])
    favourite = _favourite()
    scene.ledger.commit(Move(None, _rivals_claim(favourite)), TRACE)

    reconcile(ReconcileRequest(INSTANCE, a_cause()), batch)

    assert State.ATTACHING == scene.record().state
    assert favourite != scene.record().interface


def test_a_record_written_since_our_reading_is_read_again() -> None:
    """Two invocations look at one instance: the second sees what the first has done."""
    scene = _scene()
    late = scene.batch([INSTANCE])
    scene.request()

    reconcile(ReconcileRequest(INSTANCE, a_cause()), late)

    assert [State.CLAIMED, State.ATTACHING] == scene.states()
    assert 1 == scene.calls.count("attach")


def test_a_slot_that_another_target_claimed_since_our_reading_is_left_to_it() -> None:
    """The ledger knows of an index that EC2 does not show as taken yet."""
    scene = _scene()
    batch = scene.batch([INSTANCE])
    other = a_record(State.CLAIMED, target="data", interface=InterfaceId("eni-99"))
    scene.ledger.commit(Move(None, other), TRACE)

    reconcile(ReconcileRequest(INSTANCE, a_cause()), batch)

    assert (State.ATTACHING, DeviceSlot(0, 2)) == (scene.record().state, scene.record().slot)


@pytest.mark.parametrize(("age", "attached"), [(9, 0), (10, 1)])
def test_a_claim_is_resumed_only_when_its_invocation_has_had_its_time(
    age: int, attached: int
) -> None:
    """Two invocations that attach one claim waste a call of the scarcest kind."""
    scene = _scene(POOL[0])
    scene.ledger.commit(Move(None, a_record(State.CLAIMED)), TRACE)
    scene.clock.advance(age)

    scene.request()

    assert attached == scene.calls.count("attach")


def test_a_claim_whose_interface_went_to_another_is_given_up_in_the_end() -> None:
    """The invocation that claimed it died; then an operator attached the interface elsewhere."""
    scene = _scene(*POOL[:2])
    claimed = a_record(State.CLAIMED)
    scene.ledger.commit(Move(None, claimed), TRACE)
    scene.ec2.attach(RIVAL, POOL[0].id, DeviceSlot(0, 1))

    scene.request()
    scene.work_off()

    assert (State.ATTACHED, POOL[1].id) == (scene.record().state, scene.record().interface)


def _scene(*pool: Interface) -> Scene:
    scene = a_scene(an_instance(), an_instance(RIVAL, type="c5.4xlarge"))
    scene.ec2.add(*(pool or POOL))
    return scene


def _favourite() -> InterfaceId:
    scene = _scene()
    scene.request()
    (interface,) = scene.ledger.claimed()
    return interface


def _rivals_claim(interface: InterfaceId) -> Attachment:
    return replace(a_record(State.CLAIMED), instance=RIVAL, interface=interface)
