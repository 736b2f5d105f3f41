"""The audit, replayed, is the present, and keeps the first error of whatever failed."""

from dataclasses import replace

import pytest

from dualhome.domain.attachment import Failure, Move, Why
from dualhome.domain.invariants.always import broken_invariants
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.states import State
from tests.support.builders.accounts import a_past, an_account

FAILURE = Failure("OperationNotPermitted", "no")


def rules_broken(account: Account) -> set[str]:
    """Return the names of the rules that ``account`` breaks."""
    return {line.partition(":")[0] for line in broken_invariants(account)}


def test_a_move_that_is_missing_in_the_audit_is_reported() -> None:
    """What is not recorded did not happen in the open."""
    entries = a_past(State.CLAIMED, State.ATTACHING, State.ATTACHED)
    account = an_account(entries[-1].after, audit=[entries[0], entries[2]], whole_past=True)

    assert {"the_past_leads_to_the_present"} == rules_broken(account)


def test_a_record_that_the_audit_does_not_end_in_is_reported() -> None:
    """A table was edited by hand."""
    entries = a_past(State.CLAIMED, State.ATTACHING, State.ATTACHED)
    edited = replace(entries[-1].after, detail="edited")

    account = an_account(edited, audit=entries, whole_past=True)

    assert {"the_past_leads_to_the_present"} == rules_broken(account)


@pytest.mark.parametrize("kept", [0, 1, 2, 3])
def test_a_past_that_has_expired_in_part_is_believed(kept: int) -> None:
    """The retention takes the oldest entries first."""
    entries = a_past(State.CLAIMED, State.ATTACHING, State.ATTACHED)
    account = an_account(entries[-1].after, audit=entries[len(entries) - kept :])

    assert [] == broken_invariants(account)


def test_a_failure_without_its_error_is_reported() -> None:
    """Its reader could do nothing."""
    entries = a_past(State.CLAIMED, State.FAILED)
    account = an_account(entries[-1].after, audit=entries, interfaces={}, instances={})

    assert "the_past_leads_to_the_present" in rules_broken(account)


def test_an_error_that_a_rollback_changes_is_reported() -> None:
    """The first error is the one that matters."""
    entries = a_past(State.CLAIMED, State.RELEASING, failure=FAILURE)
    releasing = entries[-1].after
    other = replace(FAILURE, message="another")
    failed = releasing.to(State.FAILED, releasing.since, releasing.cause, Why(failure=other))
    last = replace(entries[-1], id="9", move=Move(releasing, failed))

    lines = broken_invariants(an_account(failed, audit=[*entries, last]))

    assert any("the error was" in line for line in lines)
