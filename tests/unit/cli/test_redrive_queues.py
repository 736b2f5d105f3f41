"""What doing over means, queue by queue."""

import json
from collections.abc import Mapping, Sequence

import pytest

from dualhome.application.requests import ReconcileRequest
from dualhome.domain.attachment import OperatorAction, OperatorRequest
from dualhome.domain.errors import BadMessageError
from dualhome.domain.identifiers import AccountId, InstanceId
from dualhome.domain.tags import TagKeys
from dualhome.entrypoints.messages import Scope
from dualhome.wire import print_request
from dualhome_cli.redrive.dead_letters import DeadLetter
from dualhome_cli.redrive.queues import SendAgain, StatusAgain, SweepAgain
from tests.support.builders.values import DATA, MGMT, a_cause
from tests.support.fakes.dead_letters import letters
from tests.support.readers.checkout import ROOT

PLACE = Scope(AccountId("111122223333"), "us-east-1", TagKeys())
EVENT = (ROOT / "events" / "instance-tag-changed.json").read_text(encoding="utf-8")


class Queue:
    """Takes everything, but for the ids in ``refuses``."""

    def __init__(self, *refuses: str) -> None:
        self.bodies: list[str] = []
        self._refuses = refuses

    def send(self, letters: Sequence[DeadLetter]) -> Mapping[str, str]:
        """Queue."""
        assert letters
        self.bodies += [it.body for it in letters if it.id not in self._refuses]
        return {it.id: "full" for it in letters if it.id in self._refuses}


def test_a_change_goes_back_to_the_changes_queue_as_it_was() -> None:
    """The reconciler reads its cause from it."""
    queue = Queue()

    assert SendAgain(queue, PLACE).handle(letters(EVENT)) == {}
    assert [EVENT] == queue.bodies


@pytest.mark.parametrize(
    "body",
    ["", "garbage {", "[]", "{}", '"text"', "null", EVENT.replace("111122223333", "999999999999")],
)
def test_a_change_that_the_reconciler_cannot_read_is_not_sent(body: str) -> None:
    """It would be back half an hour later."""
    queue = Queue()
    good, bad = letters(EVENT, body)

    why_not = SendAgain(queue, PLACE).handle([good, bad])

    assert [EVENT] == queue.bodies
    assert [bad.id] == list(why_not)
    with pytest.raises(BadMessageError):
        SendAgain(queue, PLACE).kind(body)


def test_a_change_that_the_queue_refuses_stays() -> None:
    """With what SQS said."""
    why_not = SendAgain(Queue("id-1"), PLACE).handle(letters(EVENT, EVENT))

    assert {"id-1": "full"} == why_not


def test_a_change_is_named_by_its_source_and_type() -> None:
    """As EventBridge's rules name it."""
    assert "aws.tag: Tag Change on Resource" == SendAgain(Queue(), PLACE).kind(EVENT)


def test_what_an_operator_requested_is_named() -> None:
    """A release that was asked for last week may not be wanted today."""
    operator_requests = (
        OperatorRequest(OperatorAction.RELEASE, MGMT),
        OperatorRequest(OperatorAction.RELEASE, DATA),
    )
    request = ReconcileRequest(
        InstanceId("i-0123456789abcdef0"), a_cause(), operator_requests=operator_requests
    )

    kind = SendAgain(Queue(), PLACE).kind(json.dumps(print_request(request)))

    assert "dualhome: Reconcile request release" == kind


def test_one_sweep_makes_up_for_all_that_failed() -> None:
    """A sweep compares everything, whenever it runs."""
    sweeps: list[int] = []
    handler = SweepAgain(lambda: sweeps.append(1))

    handler.handle(letters("x", "y"))
    handler.handle(letters("z"))

    assert [1] == sweeps


def test_a_status_that_was_not_written_goes_back_to_its_queue() -> None:
    """The writer reads the ledger anew; what it cannot read stays for a person."""
    queue, request = Queue(), (ROOT / "events" / "status-request.json").read_text(encoding="utf-8")

    why_not = StatusAgain(queue).handle(letters(request, EVENT, "garbage {"))

    assert [request] == queue.bodies
    assert ["id-1", "id-2"] == list(why_not)
    assert "a status tag that was not written" == StatusAgain(queue).kind(request)
