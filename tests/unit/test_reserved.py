"""Interfaces that are reserved for an instance: it gets one of them, or waits for one."""

from typing import Any

from dualhome.domain.ec2 import DeviceSlot, InstanceState, Interface
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    MGMT_VPC,
    OTHER_ZONE,
    a_seen_attachment,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.scenarios.scene import Scene, a_scene

NAMED = {"Name": "fw-1"}
OLD, NEW = InstanceId("i-0a"), InstanceId("i-0b")
SPARES = tuple(an_interface(f"eni-{number:02}") for number in range(10, 13))
MANY = 15
"""More than are requeued when an interface is freed."""


def fixed(id_: str = "eni-f0", for_: str = "fw-1", **fields: Any) -> Interface:
    """Return an interface that is reserved for ``for_``."""
    return an_interface(id_, tags={"dualhome:reserved-for": for_}, **fields)


def test_an_appliance_in_a_rolling_replacement_gets_its_fixed_address() -> None:
    """The new one comes up before the old one goes: a spare would stay with it for good."""
    scene = _replacing(fixed(), *SPARES)

    waiting = scene.record(instance=NEW)
    assert (State.WAITING, Reason.RESERVED_IN_USE) == (waiting.state, waiting.reason)
    assert f"eni-f0: it is reserved for fw-1, and held by {OLD}" == waiting.detail
    assert ("fw-1", 2) == (waiting.reservation, waiting.sharing)
    scene.ec2.put_state(OLD, InstanceState.TERMINATED)
    scene.request(OLD, event="event-2")
    scene.work_off()

    record = scene.record(instance=NEW)
    assert (State.ATTACHED, "eni-f0") == (record.state, record.interface)
    assert [State.WAITING, State.CLAIMED, State.ATTACHING, State.ATTACHED] == scene.states(
        instance=NEW
    )


def test_who_waits_for_what_is_reserved_is_requeued_before_all_others() -> None:
    """Ten are requeued; those that wait longest may not have this interface at all."""
    scene = _replacing(fixed())
    ids = [f"i-{number}" for number in range(20, 20 + MANY)]
    scene.ec2.add(*map(an_instance, ids))
    scene.request(*ids)
    scene.work_off()
    scene.ec2.tag(NEW, {"dualhome:targets": None})  # and back: it waits least of all
    scene.request(NEW, event="event-2")
    scene.clock.advance(60)
    scene.ec2.tag(NEW, {"dualhome:targets": "mgmt"})
    scene.request(NEW, event="event-3")
    scene.work_off()

    scene.ec2.put_state(OLD, InstanceState.TERMINATED)
    scene.request(OLD, event="event-4")
    scene.work_off()

    assert State.ATTACHED == scene.record(instance=NEW).state


def test_who_waits_for_what_is_reserved_keeps_none_from_a_spare() -> None:
    """Those that cannot use it, and wait longest, are not the ten that are requeued."""
    holder, last = InstanceId("i-90"), InstanceId("i-99")
    ids = [f"i-{number}" for number in range(20, 20 + MANY)]
    scene = a_scene(fixed(), SPARES[0])
    scene.ec2.add(an_instance(OLD, tags=NAMED), an_instance(holder), an_instance(last))
    scene.ec2.add(*(an_instance(id_, tags=NAMED) for id_ in ids))
    scene.request(OLD, holder)
    scene.work_off()
    scene.request(*ids)
    scene.work_off()
    scene.clock.advance(60)
    scene.request(last)
    scene.work_off()
    assert State.WAITING == scene.record(instance=last).state

    scene.ec2.put_state(holder, InstanceState.TERMINATED)
    scene.request(holder, event="event-2")
    scene.work_off()

    assert State.ATTACHED == scene.record(instance=last).state
    assert MANY + 1 == scene.record(instance=ids[-1]).sharing


def test_the_record_of_who_waits_is_written_anew_for_another_holder_alone() -> None:
    """It names the one whose turn it is; and an audit that repeats itself hides what happened."""
    third = InstanceId("i-0c")
    scene = _replacing(fixed())
    scene.request(NEW, event="event-2")
    assert [State.WAITING] == scene.states(instance=NEW)
    scene.ec2.put_state(OLD, InstanceState.TERMINATED)
    scene.ec2.add(an_instance(third, tags=NAMED))
    scene.request(OLD, third, event="event-3")

    scene.request(NEW, event="event-4")

    assert scene.record(instance=NEW).detail.endswith(f"held by {third}")
    assert [State.WAITING, State.WAITING] == scene.states(instance=NEW)


def test_a_spare_that_joins_the_pool_costs_nobody_its_place_in_line() -> None:
    """A record that is written anew waits from then on."""
    used = [
        fixed(id_, attachment=a_seen_attachment(id_, "i-99"), status="in-use")
        for id_ in ("eni-f0", "eni-f1")
    ]
    scene = a_scene(an_instance(tags=NAMED), *used)
    scene.request()
    before = scene.record()
    assert (State.WAITING, Reason.RESERVED_IN_USE) == (before.state, before.reason)
    scene.clock.advance(60)
    scene.ec2.add(SPARES[0])

    scene.request(event="event-2")

    assert before == scene.record()


def test_what_a_rule_refuses_is_not_waited_for() -> None:
    """Its reason is shown; and a spare would still be another address."""
    shut = a_vpc("vpc-0c", allow_from=None)
    scene = a_scene(an_instance(tags=NAMED), shut, fixed(vpc="vpc-0c"), *SPARES)

    scene.request()
    scene.work_off()

    record = scene.record()
    assert (State.REFUSED, Reason.NOT_ALLOWED) == (record.state, record.reason)
    assert record.detail.startswith("eni-f0: vpc-0c does not list")
    assert "fw-1" == record.reservation


def test_what_ec2_refuses_is_not_waited_for_either_and_no_spare_is_taken() -> None:
    """EC2's own words, and another try ever less often."""
    scene = a_scene(an_instance(tags=NAMED), fixed(), *SPARES)
    scene.ec2.barred.add(InterfaceId("eni-f0"))

    scene.request()
    scene.work_off()

    record = scene.record()
    assert (State.FAILED, Reason.EC2_REFUSED) == (record.state, record.reason)
    assert "PrivateIpAddressLimitExceeded" == (record.failure and record.failure.code)
    assert 1 == scene.calls.count("attach")


def test_of_two_that_are_reserved_the_one_that_ec2_takes_is_attached() -> None:
    """They are a small pool of their own."""
    scene = a_scene(an_instance(tags=NAMED), fixed(), fixed("eni-f1", INSTANCE), *SPARES)
    scene.ec2.barred.add(InterfaceId("eni-f0"))

    scene.request()
    scene.work_off()

    record = scene.record()
    assert (State.ATTACHED, "eni-f1") == (record.state, record.interface)
    assert (INSTANCE, 0) == (record.reservation, record.sharing)


def test_what_is_reserved_in_another_zone_is_not_waited_for() -> None:
    """It could never be attached."""
    scene = a_scene(an_instance(tags=NAMED), fixed(zone=OTHER_ZONE), *SPARES)

    scene.request()
    scene.work_off()

    assert State.ATTACHED == scene.record().state
    assert scene.record().reservation is None


def test_a_reservation_that_is_lifted_lets_the_instance_have_a_spare() -> None:
    """The advice of the reason, followed."""
    scene = _replacing(fixed(), *SPARES)

    scene.ec2.tag("eni-f0", {"dualhome:reserved-for": None})
    scene.request(NEW, event="event-2")
    scene.work_off()

    record = scene.record(instance=NEW)
    assert record.interface in {it.id for it in SPARES}
    assert (State.ATTACHED, None, 0) == (record.state, record.reservation, record.sharing)


def test_a_spare_that_is_attached_by_hand_is_adopted() -> None:
    """A person has decided; nothing is detached for a reservation."""
    scene = _replacing(fixed(), *SPARES)
    scene.ec2.attach(NEW, SPARES[0].id, DeviceSlot(0, 1))

    scene.request(NEW, event="event-2")

    assert (State.ATTACHED, SPARES[0].id) == (
        scene.record(instance=NEW).state,
        scene.record(instance=NEW).interface,
    )


def test_a_reservation_that_comes_later_cuts_nothing() -> None:
    """What is attached stays; the fixed address is for the next time."""
    scene = a_scene(an_instance(tags=NAMED), SPARES[0])
    scene.request()
    scene.work_off()

    scene.ec2.add(fixed())
    scene.request(event="event-2")
    scene.work_off()
    assert SPARES[0].id == scene.record().interface
    for event, targets in enumerate([None, "mgmt"]):
        scene.ec2.tag(INSTANCE, {"dualhome:targets": targets})
        scene.request(event=f"again-{event}")
        scene.work_off()

    assert "eni-f0" == scene.record().interface


def test_a_unit_waits_for_its_reserved_part_and_holds_nothing_meanwhile() -> None:
    """As it waits for an empty pool; and both come when the old one goes."""
    unit = {**NAMED, "dualhome:policy": "all"}
    other = an_interface("eni-d0", pool="data", vpc="vpc-0c")
    scene = _replacing(fixed(), *SPARES)
    scene.ec2.add(a_vpc("vpc-0c", target="data"), other)
    scene.ec2.add(an_instance(NEW, targets="mgmt data", tags=unit))

    scene.request(NEW, event="event-2")
    scene.work_off()
    part = scene.record("data", NEW)
    assert (Reason.UNIT_INCOMPLETE, "mgmt: RESERVED_IN_USE") == (part.reason, part.detail)
    assert {"eni-f0"} == scene.ledger.claimed().keys()
    scene.ec2.put_state(OLD, InstanceState.TERMINATED)
    scene.request(OLD, event="event-3")
    scene.work_off()

    held = {target: it.interface for target, it in scene.ledger.of(NEW).items()}
    assert {"mgmt": "eni-f0", "data": "eni-d0"} == held
    assert State.RELEASING not in scene.states("data", NEW)


def test_both_parts_of_a_unit_may_be_reserved() -> None:
    """The first one that is free goes on waiting for the second, and is found again."""
    unit = {**NAMED, "dualhome:policy": "all"}
    old, new = (an_instance(id_, targets="mgmt data", tags=unit) for id_ in (OLD, NEW))
    scene = a_scene(a_vpc("vpc-0c", target="data"), fixed(), *SPARES)
    scene.ec2.add(fixed("eni-d0", pool="data", vpc="vpc-0c"), old)
    scene.request(OLD)
    scene.work_off()
    scene.ec2.add(new)
    scene.request(NEW)
    scene.work_off()
    assert {State.WAITING} == {it.state for it in scene.ledger.of(NEW).values()}

    scene.ec2.put_state(OLD, InstanceState.TERMINATED)
    scene.request(OLD, event="event-2")
    scene.work_off()

    held = {target: it.interface for target, it in scene.ledger.of(NEW).items()}
    assert {"mgmt": "eni-f0", "data": "eni-d0"} == held


def test_who_shares_a_name_is_read_only_where_a_name_is_reserved_for() -> None:
    """It is one query for each target; no other batch pays for it, and EC2 is not asked at all."""
    without = a_scene(an_instance(tags=NAMED), *SPARES)
    by_id = a_scene(an_instance(tags=NAMED), fixed(for_=INSTANCE), *SPARES)
    by_name = a_scene(an_instance(tags=NAMED), fixed(), *SPARES)

    for scene in (without, by_id, by_name):
        scene.request()

    assert [0, 0, 1] == [it.calls.count("unreleased") for it in (without, by_id, by_name)]
    assert 1 == by_name.calls.count("describe_pool") == by_name.calls.count("describe_vpcs")


def test_the_vpc_of_what_is_reserved_need_not_serve_the_target_to_keep_others_away() -> None:
    """The operator meant this interface, and is told what is missing."""
    scene = a_scene(an_instance(tags=NAMED), fixed(vpc="vpc-0d"), *SPARES)

    scene.request()

    assert (State.REFUSED, Reason.NO_TARGET) == (scene.record().state, scene.record().reason)
    assert MGMT_VPC in scene.ec2.vpcs


def _replacing(*pool: Interface) -> Scene:
    """Return a deployment in which an old instance holds what is reserved for a new one, too."""
    scene = a_scene(an_instance(OLD, tags=NAMED), *pool)
    scene.request(OLD)
    scene.work_off()
    scene.ec2.add(an_instance(NEW, tags=NAMED))
    scene.request(NEW)
    scene.work_off()
    return scene
