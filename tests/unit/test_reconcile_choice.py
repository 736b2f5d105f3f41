"""Which of several interfaces an instance gets."""

from dataclasses import replace

from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.planning.select import rendezvous_weight
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    MGMT,
    MGMT_VPC,
    a_seen_attachment,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.scenarios.scene import a_scene

POOL = tuple(an_interface(f"eni-{number:02}") for number in range(20))


def test_an_interface_reserved_for_the_instance_comes_before_any_other() -> None:
    """Fixed addresses: by id, or by the name that people give."""
    by_id = an_interface("eni-98", tags={"dualhome:reserved-for": INSTANCE})
    by_name = an_interface("eni-99", tags={"dualhome:reserved-for": "db-1"})
    named = an_instance("i-02", tags={"Name": "db-1"})
    scene = a_scene(an_instance(), named, by_id, by_name, *POOL)

    scene.request(INSTANCE, "i-02")

    assert by_id.id == scene.record().interface
    assert by_name.id == scene.record(instance="i-02").interface


def test_the_interface_held_before_comes_before_all_others() -> None:
    """Its address is in a firewall: another one would do, but not as well."""
    other = InstanceId("i-02")
    scene = a_scene(an_instance(), an_instance(other, targets=None), *POOL)
    favourite = max(POOL, key=lambda it: rendezvous_weight(INSTANCE, MGMT, it.id)).id
    scene.ec2.attach(other, favourite, DeviceSlot(0, 1))
    scene.request()
    scene.work_off()
    held = scene.record().interface
    assert held not in {None, favourite}

    scene.ec2.detach(favourite)
    scene.ec2.detach(held or favourite)
    scene.clock.advance(60)
    scene.request(event="event-2")
    scene.work_off()

    assert (State.ATTACHED, held) == (scene.record().state, scene.record().interface)


def test_the_choice_does_not_depend_on_the_order_in_which_ec2_lists_the_pool() -> None:
    """A retry must choose what the first try chose."""
    forwards = a_scene(an_instance(), *POOL)
    backwards = a_scene(an_instance(), *reversed(POOL))

    forwards.request()
    backwards.request()

    assert forwards.record().interface == backwards.record().interface


def test_the_vpc_prefers_an_index_and_an_occupied_one_is_passed_over() -> None:
    """A preference is no pin: the instance is attached in any case."""
    prefers = a_vpc(tags={"dualhome:device-index": "2"})
    scene = a_scene(an_instance(), prefers, *POOL)
    full = an_instance("i-02")
    scene.ec2.add(full, an_interface("eni-99", pool=None))
    scene.ec2.attach(InstanceId("i-02"), an_interface("eni-99").id, DeviceSlot(0, 2))

    scene.request(INSTANCE, "i-02")

    assert DeviceSlot(0, 2) == scene.record().slot
    assert DeviceSlot(0, 1) == scene.record(instance="i-02").slot


def test_the_instances_pin_wins_over_the_vpcs_preference() -> None:
    """The owner of the instance knows what is inside it."""
    prefers = a_vpc(tags={"dualhome:device-index": "2"})
    scene = a_scene(an_instance(targets="mgmt@1"), prefers, *POOL)

    scene.request()

    assert DeviceSlot(0, 1) == scene.record().slot


def test_several_vpcs_may_serve_one_target() -> None:
    """Their interfaces form one pool; the rules are each VPC's own."""
    closed = a_vpc(allow_from=None)
    twin = a_vpc("vpc-0d", cidrs=("10.40.0.0/16",))
    scene = a_scene(an_instance(), closed, twin, *POOL, an_interface("eni-99", vpc="vpc-0d"))

    scene.request()

    assert "eni-99" == scene.record().interface
    assert MGMT_VPC != scene.record().vpc


def test_an_automatic_public_address_is_warned_of_but_nothing_is_held_up() -> None:
    """EC2 gives no new one at the next start: the operator should know before that."""
    scene = a_scene(an_instance(automatic_public_ip=True), *POOL)

    scene.request()

    assert (Reason.PUBLIC_IPV4,) == scene.record().warnings
    assert State.ATTACHING == scene.record().state


def test_cards_beyond_the_first_are_left_alone() -> None:
    """Other cards serve traffic classes that no tag chooses among."""
    instance = an_instance(type="p4d.24xlarge")
    elsewhere = replace(a_seen_attachment("eni-99"), slot=DeviceSlot(1, 1))
    scene = a_scene(replace(instance, attachments=(*instance.attachments, elsewhere)), *POOL)

    scene.request()

    assert DeviceSlot(0, 1) == scene.record().slot
