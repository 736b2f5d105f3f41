"""What a sweep cannot correct and reports: foreign attachments, and inconsistent claims."""

import pytest

from dualhome.domain.ec2 import InstanceState
from dualhome.domain.planning.types import Holder
from dualhome.domain.states import State
from dualhome.domain.sweep import LISTED
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    MGMT,
    OTHER_ZONE,
    SLOT,
    ZONE,
    an_instance,
    an_interface,
)
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.attached import attached
from tests.support.scenarios.scene import a_scene

OTHER = Holder(an_instance("i-02").id, MGMT)
TARGETS, POOL = "dualhome:targets", "dualhome:pool"


@pytest.mark.parametrize("desired", [None, "data"])
def test_a_pool_interface_on_an_instance_that_did_not_ask_is_reported(desired: str | None) -> None:
    """It is missing in the pool, and no record says why."""
    scene = a_scene(an_instance(targets=desired), an_interface(), an_interface("eni-02"))
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)

    report = Sweeper(scene).sweep()

    assert ((INTERFACE, INSTANCE),) == report.foreign_attachments
    assert () == report.inconsistent_claims


def test_what_a_record_holds_is_no_foreign_attachment() -> None:
    """Whether attached or on its way."""
    scene = attached()
    scene.ec2.add(an_instance("i-02"), an_interface("eni-02"))
    scene.ec2.attach_seconds = 60
    scene.request("i-02")

    assert () == Sweeper(scene).sweep().foreign_attachments


def test_what_is_claimed_while_the_sweep_reads_is_no_foreign_attachment() -> None:
    """The index of records lags behind by up to a second; claims are read as last written."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)
    scene.calls.before_next("claims", scene.request)

    report = Sweeper(scene).sweep()

    assert State.ATTACHED == scene.record().state
    assert ((), ()) == (report.foreign_attachments, report.inconsistent_claims)


def test_a_claim_without_its_record_is_reported() -> None:
    """No instance can have the interface, and none has it."""
    scene = a_scene(an_instance(targets=None), an_interface())
    scene.ledger._claims[INTERFACE] = OTHER  # noqa: SLF001 - a hand in the tables

    assert (INTERFACE,) == Sweeper(scene).sweep().inconsistent_claims


def test_a_record_without_its_claim_is_reported() -> None:
    """Another instance may be given what it holds."""
    scene = attached()
    del scene.ledger._claims[INTERFACE]  # noqa: SLF001 - a hand in the tables

    report = Sweeper(scene).sweep()

    assert ((INTERFACE,), ()) == (report.inconsistent_claims, report.foreign_attachments)


@pytest.mark.parametrize("pooled", [True, False])
def test_a_claim_that_names_another_record_is_reported(*, pooled: bool) -> None:
    """Once, although two records are concerned; an interface that left its pool, too."""
    scene = attached()
    sweeper = Sweeper(scene)
    sweeper.tick()
    scene.ledger._claims[INTERFACE] = OTHER  # noqa: SLF001 - a hand in the tables
    scene.ec2.tag(INTERFACE, {POOL: MGMT if pooled else None})

    assert (INTERFACE,) == sweeper.sweep().inconsistent_claims


def test_a_release_while_the_sweep_reads_tears_nothing() -> None:
    """The record was read before it, and the claim after it."""
    scene = attached()
    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)
    scene.calls.before_next("claims", lambda: scene.request(event="event-2"))

    report = Sweeper(scene).sweep()

    assert State.RELEASED == scene.record().state
    assert () == report.inconsistent_claims


def test_free_interfaces_are_counted_for_each_target_and_zone() -> None:
    """
    A pool without any shows a zero, which is what the alarm is about.

    One whose interfaces are all reserved has nothing for others to run out of.
    """
    scene = attached()
    scene.ec2.add(
        an_interface("eni-02", zone=OTHER_ZONE),
        an_interface("eni-03", zone=OTHER_ZONE),
        an_interface("eni-04", pool="data", tags={"dualhome:reserved-for": "i-77"}),
        an_interface("eni-05", pool="a b"),
        an_interface("eni-06", tags={"dualhome:reserved-for": " "}),
        an_interface("eni-07", tags={"dualhome:reserved-for": "i-77"}),
    )
    scene.ledger._claims[an_interface("eni-03").id] = OTHER  # noqa: SLF001 - just being claimed

    report = Sweeper(scene).sweep()

    assert {(MGMT, ZONE): 1, (MGMT, OTHER_ZONE): 1} == report.pools


def test_records_are_counted_by_state() -> None:
    """All but the released."""
    scene = attached()
    scene.ec2.add(an_instance("i-02"), an_instance("i-03", targets="nowhere"))
    scene.request("i-02", "i-03")

    report = Sweeper(scene).sweep()

    assert {State.ATTACHED: 1, State.WAITING: 1, State.REFUSED: 1} == report.states


@pytest.mark.parametrize("read_again", [1, 2, 3])
def test_a_move_between_the_reads_that_make_sure_tears_nothing(read_again: int) -> None:
    """Claim and record are two reads: what moves between them seems inconsistent for a moment."""
    scene = attached()
    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)
    taken = scene.ledger._claims.pop(INTERFACE)  # noqa: SLF001 - as the pages are read
    for _ in range(read_again):
        scene.calls.before_next("claims", lambda: None)
    scene.calls.before_next("claims", lambda: scene.ledger._claims.update({INTERFACE: taken}))  # noqa: SLF001 - by then

    assert () == Sweeper(scene).sweep().inconsistent_claims


def test_no_more_are_named_than_an_operator_reads() -> None:
    """The checkpoint must stay small, and so must the log's line."""
    scene = a_scene(an_instance(targets=None))
    for number in range(LISTED + 1):
        interface = an_interface(f"eni-{number:04}")
        scene.ec2.add(interface)
        scene.ledger._claims[interface.id] = OTHER  # noqa: SLF001 - a hand in the tables

    assert LISTED == len(Sweeper(scene, page=30).sweep().inconsistent_claims)


def test_what_is_reported_is_not_touched() -> None:
    """A defect, or a manual change: to guess which would do harm."""
    scene = a_scene(an_instance(targets=None), an_interface(), an_interface("eni-02"))
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)
    scene.ledger._claims[an_interface("eni-02").id] = OTHER  # noqa: SLF001 - as above
    sweeper = Sweeper(scene)

    reports = [sweeper.tick() for _ in range(2)]

    assert reports[0] == reports[1]
    assert [] == scene.ledger.audit
    assert (0, 0) == (scene.calls.count("attach"), scene.calls.count("detach"))
