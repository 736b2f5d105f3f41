"""New capacity for a target: which instances are reconciled."""

from datetime import timedelta
from typing import Any

import pytest

from dualhome.application.requests import Announced, CapacityChange, ReconcileRequest
from dualhome.application.requeue import Requeue, requeue_waiting
from dualhome.domain.attachment import Failure, Move
from dualhome.domain.errors import ThrottledError
from dualhome.domain.refusals import remember
from dualhome.domain.states import HOLDING, State
from tests.support.builders.values import (
    DATA,
    INSTANCE,
    INTERFACE,
    MGMT,
    NOW,
    TRACE,
    a_cause,
    a_record,
)
from tests.support.fakes.ledger import InMemoryLedger

CAUSE = a_cause("event-capacity")


@pytest.mark.parametrize("state", [State.WAITING, State.REFUSED])
def test_who_lacks_the_target_is_reconciled_at_once(state: State) -> None:
    """A refusal may rest on what has just changed: a zone without interfaces, a closed VPC."""
    ledger = InMemoryLedger()
    ledger.commit(Move(None, a_record(state)), TRACE)

    requests = _requeued(ledger)

    assert {timedelta(): [ReconcileRequest(a_record(state).instance, CAUSE)]} == requests


@pytest.mark.parametrize("state", sorted(set(State) - {State.WAITING, State.REFUSED}))
def test_who_has_the_target_or_failed_or_left_is_let_be(state: State) -> None:
    """A failure waits for its time: another interface was not what it lacked."""
    ledger = InMemoryLedger()
    _lead_to(ledger, state)

    assert {} == _requeued(ledger)


@pytest.mark.parametrize(
    ("code", "interface", "requeued"),
    [
        ("PrivateIpAddressLimitExceeded", "eni-02", True),
        ("PrivateIpAddressLimitExceeded", None, True),
        ("PrivateIpAddressLimitExceeded", INTERFACE, False),
        ("UnauthorizedOperation", "eni-02", False),
    ],
)
def test_who_failed_on_an_interface_is_reconciled_for_another_one(
    code: str, interface: str | None, *, requeued: bool
) -> None:
    """What it has been refused would only be refused again; a VPC's tags tell no interface."""
    ledger = InMemoryLedger()
    refusals = remember((), INTERFACE, "PrivateIpAddressLimitExceeded", NOW)
    fields = {"interface": INTERFACE, "failure": Failure(code, "no"), "refusals": refusals}
    _lead_to(ledger, State.FAILED, **fields)

    requests = _requeued(ledger, interface)

    assert ([INSTANCE] if requeued else []) == [it.instance for it in requests.get(timedelta(), [])]


def test_who_waits_for_another_target_is_let_be() -> None:
    """An interface is in one pool."""
    ledger = InMemoryLedger()
    ledger.commit(Move(None, a_record(State.WAITING, target=DATA)), TRACE)

    assert {} == _requeued(ledger)


def test_every_instance_is_reconciled_once_in_every_zone() -> None:
    """The event does not say which zone has gained."""
    ledger = InMemoryLedger()
    for number, zone in enumerate(["us-east-1b", "us-east-1a", "us-east-1b"]):
        record = a_record(State.WAITING, instance=f"i-0{number}", zone=zone)
        ledger.commit(Move(None, record), TRACE)

    (requests,) = _requeued(ledger).values()

    assert ["i-00", "i-01", "i-02"] == sorted(request.instance for request in requests)


@pytest.mark.parametrize(("read", "known"), [(1, 0), (2, 1), (3, 2)])
def test_a_read_that_fails_takes_back_none_that_were_read_before(read: int, known: int) -> None:
    """The message is redelivered, a few times; those that are known need not wait for that."""
    ledger, requeue = InMemoryLedger(), Requeue()
    for number, state in enumerate([State.WAITING, State.REFUSED]):
        ledger.commit(Move(None, a_record(state, instance=f"i-0{number}")), TRACE)
    ledger.calls.fail_nth("in_state", read - 1, ThrottledError("slow down"))

    with pytest.raises(ThrottledError):
        requeue_waiting(CapacityChange(MGMT, CAUSE), ledger, requeue)

    assert known == len(requeue.requests.get(timedelta(), {}))


def _requeued(
    ledger: InMemoryLedger, interface: str | None = None
) -> dict[timedelta, list[ReconcileRequest]]:
    tagged = (Announced(interface, ()),) if interface else ()
    requeue, capacity = Requeue(), CapacityChange(MGMT, CAUSE, tagged)
    requeue_waiting(capacity, ledger, requeue)
    return {delay: list(requests.values()) for delay, requests in requeue.requests.items()}


WAY = {
    State.CLAIMED: (State.CLAIMED,),
    State.ATTACHING: (State.CLAIMED, State.ATTACHING),
    State.ATTACHED: (State.ATTACHED,),
    State.RELEASING: (State.ATTACHED, State.RELEASING),
    State.RELEASED: (State.WAITING, State.RELEASED),
    State.FAILED: (State.CLAIMED, State.FAILED),
    State.STUCK: (State.ATTACHED, State.RELEASING, State.STUCK),
}
"""Legal moves to each state."""


def _lead_to(ledger: InMemoryLedger, state: State, **fields: Any) -> None:
    before = None
    for number, step in enumerate(WAY[state], start=1):
        after = a_record(step, version=number, **(fields if step is state else {}))
        ledger.commit(Move(before, after), TRACE)
        before = after
    assert (state in HOLDING) == bool(ledger.claimed())
