"""`dualhome status`: which attachments it shows, and what it says of them."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest

from dualhome.domain.attachment import Move
from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.identifiers import TargetName
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.sweep import SweepCheckpoint
from tests.support.builders.values import MGMT_VPC, NOW, TRACE, a_record, a_vpc
from tests.support.scenarios.stack import PARAMETERS, WAITING, InMemoryStack, a_stack_with, run

SECOND = DeviceSlot(card=0, index=2)
HOUR = NOW - timedelta(hours=1)


def rows_of(stack: InMemoryStack, *words: str) -> list[dict[str, Any]]:
    """Return the rows of `dualhome status WORDS`."""
    rows: list[dict[str, Any]] = json.loads(run(stack, "status", *words, "-o", "json").stdout)
    return rows


def test_an_instance_says_what_is_attached_where_and_since_when() -> None:
    """The first question at night, answered without knowing where to look."""
    stack = a_stack_with(a_record(State.ATTACHED, since=HOUR), WAITING)

    result = run(stack, "status", "i-01")

    assert 0 == result.exit_code
    assert ["i-01", "mgmt", "attached", "eni-01@1", "1", "h"] == (
        result.stdout.splitlines()[1].split()
    )
    assert 2 == len(result.stdout.splitlines())


def test_real_ids_fit_side_by_side_into_80_columns() -> None:
    """It is the width of most terminals; below it, each cell has a line of its own."""
    instance, interface = "i-0123456789abcdef0", "eni-0123456789abcdef0"
    since = NOW - timedelta(hours=23, minutes=59)
    held = a_record(State.ATTACHED, instance=instance, interface=interface, since=since)

    result = run(a_stack_with(held), "status", instance, columns=80)

    assert [instance, "mgmt", "attached", f"{interface}@1"] == (
        result.stdout.splitlines()[1].split()[:4]
    )


def test_what_is_not_attached_says_why_and_what_to_do() -> None:
    """The second question."""
    stack = a_stack_with(WAITING)

    result = run(stack, "status", "i-02")

    assert f"POOL_EMPTY: all 3 are in use. {Reason.POOL_EMPTY.advice}" in result.stdout


def test_without_an_instance_everything_that_is_not_released_is_shown() -> None:
    """Targets are known from the VPCs that serve them, and from those that lack something."""
    nowhere = a_record(State.REFUSED, instance="i-03", target="nowhere", reason=Reason.NO_TARGET)
    stack = a_stack_with(a_record(), WAITING, nowhere, a_record(State.RELEASED, instance="i-04"))

    assert {("i-01", "mgmt"), ("i-02", "mgmt"), ("i-03", "nowhere")} == {
        (row["instance"], row["target"]) for row in rows_of(stack)
    }


def test_what_is_attached_to_a_vpc_that_has_lost_its_tag_is_shown() -> None:
    """A target was renamed: its instances are still attached."""
    stack = a_stack_with(a_record(target="old"))
    stack.checkpoints.write(SweepCheckpoint(at=NOW, targets=(TargetName("old"),)))

    assert ["old"] == [row["target"] for row in rows_of(stack)]


def test_an_instance_shows_what_it_has_released_too() -> None:
    """It was dual-homed until an hour ago: so much for the outage."""
    stack = a_stack_with(a_record(State.RELEASED, since=HOUR, interface="eni-01"))

    (row,) = rows_of(stack, "i-01")

    assert ("released", None) == (row["state"], row["interface"]), "it has no interface now"


@pytest.mark.parametrize(
    ("words", "instances"),
    [
        (["--target", "mgmt"], {"i-01", "i-02"}),
        (["--target", "data"], {"i-01"}),
        (["--state", "waiting"], {"i-02"}),
        (["--state", "attached", "--target", "data"], {"i-01"}),
        (["i-01", "i-02", "--state", "waiting"], {"i-02"}),
        (["--state", "stuck"], set()),
    ],
)
def test_the_answer_can_be_narrowed(words: list[str], instances: set[str]) -> None:
    """Among thousands, those of one pool or one state."""
    stack = a_stack_with(
        a_record(), a_record(target="data", interface="eni-02", slot=SECOND), WAITING
    )
    stack.ec2.add(a_vpc("vpc-0c", target="data"))

    assert instances == {row["instance"] for row in rows_of(stack, *words)}


def test_attention_shows_what_needs_it_and_exits_with_1() -> None:
    """A cron job can ask."""
    result = run(a_stack_with(a_record(), WAITING), "status", "--attention", "-o", "csv")

    assert 1 == result.exit_code
    assert ["i-02"] == [row["instance"] for row in csv.DictReader(io.StringIO(result.stdout))]


def test_nothing_that_needs_attention_is_said_and_exits_with_0() -> None:
    """Silence could also be a defect."""
    result = run(a_stack_with(a_record()), "status", "--attention")

    assert (0, "", "No record needs attention.\n") == (
        result.exit_code,
        result.stdout,
        result.stderr,
    )


def test_the_target_is_that_of_a_deployments_own_prefix() -> None:
    """A stack with a prefix of its own reads its own tags alone."""
    stack = InMemoryStack(parameters=PARAMETERS | {"TagPrefix": "acme"})
    stack.ec2.add(a_vpc(MGMT_VPC, target=None, tags={"acme:target": "mgmt"}))
    stack.ledger.commit(Move(None, a_record(State.CLAIMED)), TRACE)

    assert ["i-01"] == [row["instance"] for row in rows_of(stack)]
