"""Others take interfaces and indexes in EC2 between our claim and our call."""

from itertools import count

from dualhome.application.reconcile import ROUNDS
from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import DeviceSlot, Interface
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.tags import Wanted
from tests.support.builders.values import INSTANCE, MGMT, an_instance, an_interface
from tests.support.scenarios.scene import Scene, a_scene

RIVAL = InstanceId("i-02")
POOL = tuple(an_interface(f"eni-0{number}") for number in range(1, 8))


def test_an_interface_taken_between_claim_and_attachment_is_replaced_by_the_next_one() -> None:
    """An operator at the console was faster: the instance still gets an interface in this pass."""
    scene = _scene()
    _each_attach_is_beaten(scene, times=1)

    scene.request()
    scene.work_off()

    taken, got = _claimed_in_order(scene)
    assert taken != got
    assert (State.ATTACHED, got) == (scene.record().state, scene.record().interface)
    assert [got] == list(scene.ledger.claimed())
    assert Reason.INTERFACE_TAKEN in [entry.after.reason for entry in scene.ledger.audit]


def test_an_interface_deleted_between_claim_and_attachment_is_replaced_by_the_next_one() -> None:
    """As above, for good."""
    scene = _scene()
    scene.calls.before_next("attach", lambda: scene.ec2.delete(_claim(scene)))

    scene.request()
    scene.work_off()

    gone, got = _claimed_in_order(scene)
    assert gone != got
    assert (State.ATTACHED, got) == (scene.record().state, scene.record().interface)


def test_an_index_taken_between_claim_and_attachment_is_replaced_by_the_next_one() -> None:
    """The interface is kept: it is only its place that went to another interface."""
    scene = _scene()
    rival = an_interface("eni-99", pool=None)
    scene.ec2.add(rival)
    index = DeviceSlot(0, 1)
    scene.calls.before_next("attach", lambda: scene.ec2.attach(INSTANCE, rival.id, index))

    scene.request()
    scene.work_off()

    first, second = _claimed_in_order(scene)
    assert first == second
    assert (State.ATTACHED, DeviceSlot(0, 2)) == (scene.record().state, scene.record().slot)


def test_an_index_that_is_pinned_and_lost_is_refused() -> None:
    """A pin has no next candidate."""
    scene = _scene()
    scene.ec2.tag(INSTANCE, {"dualhome:targets": str(Wanted(MGMT, 1))})
    rival = an_interface("eni-99", pool=None)
    scene.ec2.add(rival)
    index = DeviceSlot(0, 1)
    scene.calls.before_next("attach", lambda: scene.ec2.attach(INSTANCE, rival.id, index))

    scene.request()
    scene.work_off()

    assert (State.REFUSED, Reason.INDEX_TAKEN) == (scene.record().state, scene.record().reason)
    assert {} == scene.ledger.claimed()


def test_who_loses_every_time_gives_up_for_now_and_comes_back_later() -> None:
    """A pass that fights for ever starves the rest of its batch."""
    scene = _scene()
    _each_attach_is_beaten(scene, times=ROUNDS)

    scene.request()

    assert ROUNDS == scene.calls.count("attach")
    assert {} == scene.ledger.claimed()
    scene.work_off()
    assert State.ATTACHED == scene.record().state


def test_the_last_interface_lost_leaves_the_instance_waiting() -> None:
    """Nothing is left to try, and nothing is claimed."""
    scene = _scene(POOL[0])
    _each_attach_is_beaten(scene, times=1)

    scene.request()

    assert (State.WAITING, Reason.POOL_EMPTY) == (scene.record().state, scene.record().reason)
    assert {} == scene.ledger.claimed()


def _scene(*pool: Interface) -> Scene:
    scene = a_scene(an_instance(), an_instance(RIVAL, type="c5.4xlarge"))
    scene.ec2.add(*(pool or POOL))
    return scene


def _claim(scene: Scene) -> InterfaceId:
    (interface,) = scene.ledger.claimed()
    return interface


def _each_attach_is_beaten(scene: Scene, times: int) -> None:
    """Let another user attach what we claimed to another instance, just before we do."""
    indexes = count(1)

    def beat() -> None:
        scene.ec2.attach(RIVAL, _claim(scene), DeviceSlot(0, next(indexes)))

    scene.calls.before_next("attach", beat, times=times)


def _claimed_in_order(scene: Scene) -> list[InterfaceId | None]:
    past: list[Attachment] = [entry.after for entry in scene.ledger.audit]
    return [it.interface for it in past if it.state == State.CLAIMED]
