"""`dualhome status`: what is pending, what EC2 has refused, and who shares a reservation."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dualhome.domain.attachment import Attachment, Failure, Move, PendingRelease
from dualhome.domain.ec2 import Interface
from dualhome.domain.errors import AccessDeniedError
from dualhome.domain.identifiers import InterfaceId, TargetName
from dualhome.domain.planning.types import GOING
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import Refusal
from dualhome.domain.states import State
from dualhome_cli.status.alternatives import Alternatives
from dualhome_cli.status.attachment_row import needs_attention, row_of, why
from dualhome_cli.status.details import WHAT_KEEPS
from dualhome_cli.status.question import Question, answer
from tests.support.builders.values import (
    INTERFACE,
    NOW,
    OTHER_ZONE,
    POLICY,
    TRACE,
    a_record,
    an_interface,
)
from tests.support.fakes.ec2_ports import InMemoryInterfaces
from tests.support.scenarios.stack import InMemoryStack, a_stack_with, run

HOUR = timedelta(hours=1)
DUE = NOW + timedelta(seconds=10)
REFUSED = Refusal(an_interface("eni-0a").id, "AddressLimitExceeded", 2, NOW + HOUR)
FAILED = a_record(
    State.FAILED,
    instance="i-02",
    reason=Reason.EC2_REFUSED,
    interface="eni-0a",
    failure=Failure("AddressLimitExceeded", "too many addresses"),
    refusals=(REFUSED,),
)


def pending(
    reason: Reason = Reason.NOT_WANTED, *, instance: str = "i-01", **fields: Any
) -> Attachment:
    """Return an attached record whose release is pending for ``reason``."""
    return a_record(
        instance=instance,
        reason=Reason.RELEASE_PENDING,
        pending=PendingRelease(reason, DUE),
        detail=f"{reason}; released at {DUE:%H:%M:%S}Z if EC2 still says so",
        **fields,
    )


def a_stack_with_failed(**fields: Any) -> InMemoryStack:
    """Return a stack whose one record has failed on the interface that it had claimed."""
    claimed = a_record(State.CLAIMED, instance="i-02", interface="eni-0a")
    stack = a_stack_with(claimed)
    stack.ledger.commit(Move(claimed, replace(FAILED, **fields)), TRACE)
    return stack


def shown(stack: InMemoryStack, instance: str) -> dict[str, Any]:
    """Return what `dualhome status INSTANCE` tells a program."""
    (row,) = json.loads(run(stack, "status", instance, "-o", "json").stdout)
    return dict(row)


@pytest.mark.parametrize("reason", [*GOING.values(), Reason.INSTANCE_STATE])
def test_a_pending_release_says_when_it_is_due_why_and_what_keeps_it(reason: Reason) -> None:
    """Every reason for which a release can be pending."""
    stack = a_stack_with(pending(reason))

    said = run(stack, "status", "i-01").stdout

    assert f"RELEASE_PENDING: {reason}; released at {DUE:%H:%M:%S}Z" in said
    assert f"It stays if {WHAT_KEEPS[reason]} by then." in said
    row = shown(stack, "i-01")
    assert (reason, f"{DUE:%Y-%m-%dT%H:%M:%S}") == (row["pending_reason"], row["pending_due"][:19])


@pytest.mark.parametrize(
    ("late", "needs"), [(-10, False), (0, False), (119, False), (120, True), (7200, True)]
)
def test_a_pending_release_needs_attention_only_if_its_second_reading_does_not_come(
    late: int, *, needs: bool
) -> None:
    """It goes on by itself; a message that was lost needs an operator."""
    now = DUE + timedelta(seconds=late)
    it = pending(warnings=(Reason.CONSENT_WITHDRAWN,))

    assert needs == needs_attention(it, now)
    again = "`dualhome retry i-01 --target mgmt` reads again now."
    assert needs == (again in why(row_of(it, now)))


def test_what_is_refused_is_named_and_how_many_others_are_free() -> None:
    """Neither reserved, nor elsewhere, nor in use, nor the refused one itself."""
    stack = a_stack_with_failed()
    stack.ec2.add(
        an_interface("eni-0a"),
        an_interface("eni-0b"),
        an_interface("eni-0c"),
        an_interface("eni-0d", zone=OTHER_ZONE),
        an_interface("eni-0e", tags={"dualhome:reserved-for": "web"}),
        an_interface("eni-0f", status="in-use"),
    )

    said = run(stack, "status", "i-02").stdout

    assert "EC2 has refused eni-0a (AddressLimitExceeded, 2 times; tried last until" in said
    assert "2 others of this pool are free in its zone." in said
    row = shown(stack, "i-02")
    assert 2 == row["others_free"]
    (refusal,) = row["refusals"]
    assert ("eni-0a", "AddressLimitExceeded", 2) == (
        refusal["interface"],
        refusal["code"],
        refusal["times"],
    )
    assert refusal["until"].startswith(f"{REFUSED.until:%Y-%m-%dT%H:%M:%S}")


def test_what_takes_reserved_interfaces_alone_counts_those_alone() -> None:
    """Others are free, but not for it."""
    stack = a_stack_with_failed(reservation="web", sharing=1)
    mine, theirs = ({"dualhome:reserved-for": name} for name in ("web", "db"))
    stack.ec2.add(
        an_interface("eni-0a", tags=mine),
        an_interface("eni-0b", tags=mine),
        an_interface("eni-0c", tags=theirs),
        an_interface("eni-0d"),
    )

    assert 1 == shown(stack, "i-02")["others_free"]


class Denied(InMemoryInterfaces):
    """Interfaces that the operator may not read."""

    def pool(self, targets: Iterable[TargetName]) -> Mapping[InterfaceId, Interface]:
        """Refuse."""
        raise AccessDeniedError(f"not authorized to read {targets}", code="UnauthorizedOperation")


def test_without_a_right_to_read_interfaces_the_rest_is_still_shown() -> None:
    """At night a part of the answer is better than none."""
    stack = a_stack_with_failed()
    sources = replace(stack.sources, interfaces=Denied(stack.ec2))

    (it,) = answer([FAILED], Question(), NOW, Alternatives(sources, POLICY))

    assert it.others_free is None
    assert "EC2 has refused eni-0a" in why(it)
    assert "free in its zone" not in why(it)


def test_a_refusal_is_not_shown_of_what_is_attached_nor_once_it_is_over() -> None:
    """What works, works; programs see what will come last the next time."""
    held = a_record(refusals=(REFUSED,))

    assert not needs_attention(held, NOW)
    assert "refused" not in why(row_of(held, NOW))
    assert (REFUSED,) == row_of(held, NOW).refusals
    assert () == row_of(FAILED, NOW + HOUR).refusals
    assert "has refused" not in why(row_of(FAILED, NOW + HOUR))


def test_a_contest_shows_its_times_and_when_it_is_attached_again() -> None:
    """Where they are recorded: three times, and the next."""
    detail = f"{INTERFACE} was detached by others at 11:58:00Z, 11:59:00Z, 12:00:00Z"
    again = NOW + timedelta(minutes=5)
    contested = a_record(
        State.WAITING, reason=Reason.CONTESTED, detail=detail, retry_at=again, contests=1
    )
    stack = a_stack_with(contested)

    assert f"CONTESTED: {detail}. {Reason.CONTESTED.advice}" in run(stack, "status", "i-01").stdout
    row = shown(stack, "i-01")
    assert (True, 1) == (row["needs_attention"], row["contests"])
    assert row["retry_at"].startswith(f"{again:%Y-%m-%dT%H:%M:%S}")


def test_a_reservation_in_use_names_holder_interface_and_how_many_share_the_name() -> None:
    """Names are not unique: with more instances than interfaces one instance waits for ever."""
    detail = "eni-0b: it is reserved for web, and held by i-0c"
    it = a_record(
        State.WAITING, reason=Reason.RESERVED_IN_USE, detail=detail, reservation="web", sharing=3
    )
    stack = a_stack_with(it)

    said = run(stack, "status", "i-01").stdout

    assert f"RESERVED_IN_USE: {detail}. 3 instances of the Name web ask for mgmt in" in said
    row = shown(stack, "i-01")
    assert ("web", 3, ["eni-0b", "i-0c"]) == (row["reservation"], row["sharing"], row["mentions"])
