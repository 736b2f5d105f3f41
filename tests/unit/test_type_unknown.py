"""An instance type that EC2 does not describe: nothing is known of its limit."""

from dataclasses import replace

from dualhome.domain.ec2 import Capacity
from dualhome.domain.invariants.at_rest import (
    every_desired_target_is_answered,
    units_are_whole_or_not_at_all,
)
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.accounts import an_account
from tests.support.builders.values import (
    DATA,
    INSTANCE,
    INTERFACE,
    a_record,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.fakes.ec2 import TYPES
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.scene import Scene, a_scene

NEW = "z9.large"
FOR_DATA = an_interface("eni-02", pool="data", vpc="vpc-0c")
UNIT = {"dualhome:policy": "all"}


def unknown(*, targets: str = "mgmt", **fields: object) -> Scene:
    """Return a deployment with an instance of a type that EC2 does not describe."""
    instance = an_instance(targets=targets, type=NEW, **fields)  # type: ignore[arg-type]
    return a_scene(instance, an_interface(), FOR_DATA, a_vpc("vpc-0c", target="data"))


def described(scene: Scene) -> None:
    """Let EC2 describe the type from now on."""
    scene.ec2.types = {**TYPES, NEW: Capacity({0: 4})}


def test_a_type_that_ec2_does_not_describe_is_no_limit() -> None:
    """A larger type would be bought in vain: the reason names the type, and that it is unknown."""
    scene = unknown()

    scene.request()

    record = scene.record()
    assert (State.WAITING, Reason.TYPE_UNKNOWN) == (record.state, record.reason)
    assert f"EC2 does not describe {NEW}" == record.detail
    assert {} == scene.ledger.claimed()


def test_a_pin_says_nothing_of_a_type_that_is_unknown() -> None:
    """It would be told that the highest index is -1."""
    scene = unknown(targets="mgmt@3")

    scene.request()

    assert Reason.TYPE_UNKNOWN is scene.record().reason


def test_it_is_tried_again_by_itself_until_the_type_is_described() -> None:
    """No event says so: the instance needs no change."""
    scene = unknown()
    scene.request()
    scene.work_off(60)
    assert [State.WAITING] == scene.states()

    described(scene)
    scene.work_off()

    assert State.ATTACHED == scene.record().state


def test_a_sweep_tries_what_waits_for_its_type() -> None:
    """After a quarter of an hour nothing else does."""
    scene = unknown()
    scene.request()
    scene.work_off(3600)
    assert scene.queue.seconds_to_next() is None
    described(scene)

    Sweeper(scene).tick()

    assert State.ATTACHED == scene.record().state


def test_a_unit_gives_nothing_back_because_a_type_is_not_described() -> None:
    """What it holds works; only what it lacks has to wait."""
    scene = unknown(tags=UNIT)
    described(scene)
    scene.request()
    scene.work_off()
    scene.ec2.types = TYPES
    scene.ec2.tag(INSTANCE, {"dualhome:targets": "mgmt data"})

    scene.request(event="event-2")
    scene.work_off(3600)

    assert (State.ATTACHED, None) == (scene.record().state, scene.record().reason)
    record = scene.record(DATA)
    assert (State.WAITING, Reason.TYPE_UNKNOWN) == (record.state, record.reason)
    assert {INTERFACE} == scene.ledger.claimed().keys()
    described(scene)
    scene.request(event="event-3")
    scene.work_off()
    assert State.ATTACHED == scene.record(DATA).state


def test_a_unit_is_neither_released_in_part_nor_forgotten_while_its_type_is_unknown() -> None:
    """At rest, it has what it had, and waits beside what is free."""
    waits = a_record(State.WAITING, target=DATA, reason=Reason.TYPE_UNKNOWN)
    account = an_account(a_record(), waits)
    (instance,) = account.instances.values()
    tags = {"dualhome:targets": "mgmt data", **UNIT}
    unit = replace(account, instances={INSTANCE: replace(instance, tags=tags)})
    beside = replace(unit, interfaces={**unit.interfaces, FOR_DATA.id: FOR_DATA})

    assert [] == list(units_are_whole_or_not_at_all(unit))
    assert [] == list(every_desired_target_is_answered(beside))
