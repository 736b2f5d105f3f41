"""What stands where we would have put it, and what does not."""

from dualhome.domain.attachment import Move, Origin
from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.identifiers import InterfaceId
from dualhome.domain.planning.types import Holder
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    MGMT,
    OTHER_ACCOUNT,
    SLOT,
    TRACE,
    a_record,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.scenarios.scene import a_scene


def test_a_pool_interface_that_is_attached_already_is_adopted() -> None:
    """The attach was done by hand before: the ledger takes it over, EC2 is not asked."""
    scene = a_scene(an_instance(), an_interface(), an_interface("eni-02"))
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)

    scene.request()

    record = scene.record()
    assert [State.ATTACHED] == scene.states()
    assert (Origin.ADOPTED, INTERFACE, SLOT) == (record.origin, record.interface, record.slot)
    assert {INTERFACE: Holder(INSTANCE, MGMT)} == scene.ledger.claimed()
    assert 0 == scene.calls.count("attach")


def test_an_adoption_waits_until_the_attachment_is_complete() -> None:
    """Attached means seen as attached, by whatever call."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach_seconds = 5
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)

    scene.request()
    assert [] == scene.ledger.audit
    scene.work_off()

    assert [State.ATTACHED] == scene.states()


def test_an_interface_at_another_index_than_the_pinned_one_is_not_adopted() -> None:
    """We adopt what stands where we would have put it."""
    scene = a_scene(an_instance(targets="mgmt@2"), an_interface(), an_interface("eni-02"))
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)

    scene.request()
    scene.work_off()

    assert (Origin.POOL, InterfaceId("eni-02"), DeviceSlot(0, 2)) == (
        scene.record().origin,
        scene.record().interface,
        scene.record().slot,
    )


def test_an_interface_that_we_would_not_have_attached_is_not_adopted() -> None:
    """An attachment by hand does not replace the consent of the VPC's owner."""
    scene = a_scene(an_instance(), an_interface(), a_vpc(allow_from=None))
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)

    scene.request()

    assert (State.REFUSED, Reason.NOT_ALLOWED) == (scene.record().state, scene.record().reason)


def test_an_interface_that_is_claimed_for_another_instance_is_left_to_it() -> None:
    """Its claim says who gets it: by hand it was put on the wrong instance."""
    scene = a_scene(an_instance(), an_instance("i-02"), an_interface(), an_interface("eni-02"))
    claim = a_record(State.CLAIMED, instance="i-02")
    scene.ledger.commit(Move(None, claim), TRACE)
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)

    scene.request()

    assert InterfaceId("eni-02") == scene.record().interface
    assert Holder(claim.instance, MGMT) == scene.ledger.claimed()[INTERFACE]


def test_an_interface_without_the_pool_tag_is_never_touched() -> None:
    """What is not in a pool is none of our business, even on an instance that we serve."""
    scene = a_scene(an_instance(), an_interface(pool=None), an_interface("eni-02"))
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)

    scene.request()
    scene.work_off()

    assert InterfaceId("eni-02") == scene.record().interface


def test_an_instance_that_an_operator_manages_gets_nothing() -> None:
    """EC2 User Guide, "Amazon EC2 managed instances": only tags may be changed."""
    scene = a_scene(an_instance(operator_managed=True), an_interface())

    scene.request()

    assert Reason.INSTANCE_UNUSABLE == scene.record().reason
    assert 0 == scene.calls.count("attach")


def test_an_instance_of_another_account_gets_nothing() -> None:
    """EC2 User Guide, "Multiple network interfaces": not across accounts."""
    instance = an_instance(owner=OTHER_ACCOUNT)
    scene = a_scene(instance, an_interface(owner=OTHER_ACCOUNT))

    scene.request()

    assert Reason.ACCOUNT_MISMATCH == scene.record().reason
