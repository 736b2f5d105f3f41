"""What cannot be had is refused or waits, says why, and is got as soon as it can be had."""

from dataclasses import replace

import pytest

from dualhome.application.requests import CapacityChange
from dualhome.application.requeue import Requeue, requeue_waiting
from dualhome.domain.ec2 import Instance, Interface, Vpc
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.tags import WHOLE_TAG
from tests.support.builders.values import (
    APP_VPC,
    INSTANCE,
    INTERFACE,
    MGMT,
    MGMT_VPC,
    OTHER_ACCOUNT,
    OTHER_ZONE,
    POLICY,
    a_cause,
    a_seen_attachment,
    a_vpc,
    an_app_vpc,
    an_instance,
    an_interface,
)
from tests.support.scenarios.scene import Scene, a_scene

RESERVED = {"dualhome:reserved-for": "i-02"}
BUSY = a_seen_attachment(instance="i-02")


@pytest.mark.parametrize(
    ("reason", "state", "interface", "vpc"),
    [
        (Reason.NO_TARGET, State.REFUSED, an_interface(), a_vpc(target="other")),
        (Reason.SAME_VPC, State.REFUSED, an_interface(vpc=APP_VPC), a_vpc(APP_VPC)),
        (Reason.NOT_ALLOWED, State.REFUSED, an_interface(), a_vpc(allow_from=None)),
        (Reason.NOT_ALLOWED, State.REFUSED, an_interface(), a_vpc(allow_from="vpc-0f")),
        (Reason.BAD_TAG, State.REFUSED, an_interface(), a_vpc(allow_from="everybody")),
        (Reason.ACCOUNT_MISMATCH, State.REFUSED, an_interface(owner=OTHER_ACCOUNT), a_vpc()),
        (Reason.INTERFACE_UNUSABLE, State.REFUSED, an_interface(requester_managed=True), a_vpc()),
        (Reason.NO_INTERFACE_IN_ZONE, State.REFUSED, an_interface(zone=OTHER_ZONE), a_vpc()),
        (Reason.NO_INTERFACE_IN_ZONE, State.REFUSED, an_interface(pool=None), a_vpc()),
        (Reason.RESERVED, State.WAITING, an_interface(tags=RESERVED), a_vpc()),
    ],
)
def test_an_interface_that_may_not_be_had_is_left_alone_and_the_record_says_why(
    reason: Reason, state: State, interface: Interface, vpc: Vpc
) -> None:
    """Each rule has its reason, so that the operator knows whose turn it is."""
    scene = a_scene(an_instance(), interface, vpc)

    scene.request()
    scene.work_off()

    assert (state, reason) == (scene.record().state, scene.record().reason)
    assert {} == scene.ledger.claimed()
    assert 0 == scene.calls.count("attach")


def test_a_refusal_for_the_zone_names_the_zones_that_have_interfaces() -> None:
    """The operator either moves the instance or creates interfaces: both need the zones."""
    scene = a_scene(an_instance(), an_interface(zone=OTHER_ZONE))

    scene.request()

    assert scene.record().detail.endswith(f"zones that have some: {OTHER_ZONE}")


def test_a_refusal_for_want_of_consent_names_the_tag_that_would_give_it() -> None:
    """The owner of the other VPC is another person: one sentence must do for the request."""
    scene = a_scene(an_instance(), an_interface(), a_vpc(allow_from=None))

    scene.request()

    expected = f"{INTERFACE}: {MGMT_VPC} does not list {APP_VPC}:"
    expected += " ask its owner to add it to the tag dualhome:allow-from"
    assert expected == scene.record().detail


@pytest.mark.parametrize(
    ("reason", "vpc", "instance"),
    [
        (Reason.NOT_ALLOWED, a_vpc(allow_from=None), an_instance()),
        (Reason.BAD_TAG, a_vpc(allow_from="everybody"), an_instance()),
        (Reason.SAME_VPC, a_vpc(), an_instance(vpc=MGMT_VPC)),
        (Reason.NO_INTERFACE_IN_ZONE, a_vpc(), an_instance()),
    ],
)
def test_an_empty_pool_is_not_to_be_filled_where_no_instance_could_have_what_is_added(
    reason: Reason, vpc: Vpc, instance: Instance
) -> None:
    """What forbids it is the cause; an interface created first would lie idle."""
    scene = a_scene(instance, vpc)

    scene.request()

    assert (State.REFUSED, reason) == (scene.record().state, scene.record().reason)
    assert "eni-new" not in scene.record().detail


def test_one_vpc_that_would_have_it_is_enough_to_ask_for_an_interface() -> None:
    """Of two that serve the target, the other one consents."""
    scene = a_scene(an_instance(), a_vpc(allow_from=None), a_vpc("vpc-0d"))

    scene.request()

    assert Reason.NO_INTERFACE_IN_ZONE is scene.record().reason


def test_a_refusal_is_written_once_however_often_it_is_reconciled() -> None:
    """An audit that repeats itself hides what happened."""
    scene = a_scene(an_instance(), an_interface(zone=OTHER_ZONE))

    scene.request()
    scene.request()
    scene.work_off()

    assert [State.REFUSED] == scene.states()
    assert scene.queue.seconds_to_next() is None


def test_a_refused_target_is_attached_when_the_rule_lets_it_pass_and_it_is_requeued() -> None:
    """The VPC's owner consents: the instance needs no change."""
    scene = a_scene(an_instance(), an_interface(), a_vpc(allow_from=None))
    scene.request()

    scene.ec2.tag(MGMT_VPC, {"dualhome:allow-from": APP_VPC})
    _requeue_waiting(scene)

    assert [State.REFUSED, State.CLAIMED, State.ATTACHING, State.ATTACHED] == scene.states()


def test_an_instance_waits_while_the_pool_is_empty_and_is_requeued_by_a_new_interface() -> None:
    """New capacity goes to those who wait without anybody asking again."""
    scene = a_scene(an_instance(), an_instance("i-02"))
    scene.ec2.add(an_interface())
    scene.ec2.attach(BUSY.instance, BUSY.interface, BUSY.slot)
    scene.request()
    assert (State.WAITING, Reason.POOL_EMPTY) == (scene.record().state, scene.record().reason)

    scene.ec2.add(an_interface("eni-02"))
    _requeue_waiting(scene)

    assert (State.ATTACHED, "eni-02") == (scene.record().state, scene.record().interface)


def test_a_waiting_instance_ends_refused_when_its_tag_goes_bad_and_closed_when_it_goes() -> None:
    """A tag removed leaves no instance behind that is requeued for nothing."""
    scene = a_scene(an_instance(), an_interface(tags=RESERVED))
    scene.request()

    scene.ec2.tag(INSTANCE, {"dualhome:targets": None})
    scene.request()

    assert [State.WAITING, State.RELEASED] == scene.states()
    assert Reason.NOT_WANTED == scene.record().reason
    assert WHOLE_TAG not in scene.ledger.of(INSTANCE)


@pytest.mark.parametrize(
    ("targets", "reason"),
    [("mgmt@1", Reason.INDEX_TAKEN), ("mgmt@3", Reason.INSTANCE_LIMIT)],
)
def test_a_pin_that_cannot_be_had_is_refused_though_another_index_is_free(
    targets: str, reason: Reason
) -> None:
    """A pin is a promise to the guest's configuration: another index would break it."""
    instance = an_instance(targets=targets)
    taken = a_seen_attachment("eni-99", index=1)
    scene = a_scene(replace(instance, attachments=(*instance.attachments, taken)), an_interface())

    scene.request()

    assert (State.REFUSED, reason) == (scene.record().state, scene.record().reason)
    assert 0 == scene.calls.count("attach")


def test_an_instance_whose_type_is_full_is_refused_before_ec2_is_asked() -> None:
    """EC2 would refuse too, but at the price of one of five attach calls a second."""
    instance = an_instance(type="t3.micro")
    taken = a_seen_attachment("eni-99", index=1)
    scene = a_scene(replace(instance, attachments=(*instance.attachments, taken)), an_interface())

    scene.request()

    record = scene.record()
    assert (State.REFUSED, Reason.INSTANCE_LIMIT) == (record.state, record.reason)
    assert "t3.micro: network card 0 holds 2 of 2 interfaces" == record.detail
    assert 0 == scene.calls.count("attach")


def test_an_overlap_warns_and_attaches_unless_the_deployment_refuses_it() -> None:
    """Overlapping CIDRs are a use case of multi-VPC attachments, and a trap for routes."""
    overlapping = an_app_vpc(cidrs=("10.20.128.0/17",))
    warns = a_scene(an_instance(), an_interface(), overlapping)
    refuses = a_scene(
        an_instance(), an_interface(), overlapping, policy=replace(POLICY, refuse_overlap=True)
    )

    warns.request()
    refuses.request()

    assert (Reason.OVERLAPPING_CIDR,) == warns.record().warnings
    assert State.ATTACHING == warns.record().state
    assert Reason.OVERLAPPING_CIDR == refuses.record().reason
    assert State.REFUSED == refuses.record().state


def _requeue_waiting(scene: Scene) -> None:
    requeue = Requeue()
    requeue_waiting(CapacityChange(MGMT, a_cause("event-capacity")), scene.ledger, requeue)
    requeue.send(scene.queue)
    scene.work_off()
