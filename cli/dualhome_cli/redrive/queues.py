"""The stack's dead-letter queues, and how each of them is redriven."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from json import loads

from dualhome.application.requests import ReconcileRequest
from dualhome.domain.errors import BadMessageError
from dualhome.entrypoints.messages import Scope, parse_message
from dualhome.entrypoints.write_status import parse_status_message
from dualhome_cli.redrive.dead_letters import DeadLetter, DeadLetters, Handler, MessageQueue
from dualhome_cli.redrive.publish import PublishAgain
from dualhome_cli.stack import Stack


class SendAgain:
    """
    Sends what the reconciler can parse; the rest would be a dead letter again soon.

    So SQS's own redrive (StartMessageMoveTask) does not serve. Nor does it take a queue that
    EventBridge feeds (SQS API Reference, StartMessageMoveTask).
    """

    def __init__(self, changes: MessageQueue, scope: Scope) -> None:
        self._changes = changes
        self._scope = scope

    def kind(self, body: str) -> str:
        """
        Return the event's source and type, and what an operator requested.

        Raises:
            BadMessageError: as ``parse_message`` does.
        """
        requests = parse_message(body, self._scope)
        event = loads(body)
        reconciles = (it for it in requests if isinstance(it, ReconcileRequest))
        asked = [ask.what.value for request in reconciles for ask in request.operator_requests]
        return " ".join([f"{event['source']}: {event['detail-type']}", *dict.fromkeys(asked)])

    def handle(self, letters: Sequence[DeadLetter]) -> Mapping[str, str]:
        """Send what can be read; return why not, by the ids of those that stay."""
        return _send_readable(letters, self.kind, self._changes)


class StatusAgain:
    """Requests the status tags again: the writer reads the ledger anew."""

    def __init__(self, statuses: MessageQueue) -> None:
        self._statuses = statuses

    def kind(self, body: str) -> str:
        """Return the only kind there is; raises ``BadMessageError`` as the writer does."""
        parse_status_message(body)
        return "a status tag that was not written"

    def handle(self, letters: Sequence[DeadLetter]) -> Mapping[str, str]:
        """Send what can be read; return why not, by the ids of those that stay."""
        return _send_readable(letters, self.kind, self._statuses)


class SweepAgain:
    """``sweep`` runs one to its end, and raises if it fails."""

    def __init__(self, sweep: Callable[[], None]) -> None:
        self._sweep = sweep
        self._swept = False

    def kind(self, _: str) -> str:
        """Return the only kind there is, whatever the message says of the failure."""
        return "a sweep that failed or did not start"

    def handle(self, _: Sequence[DeadLetter]) -> Mapping[str, str]:
        """Sweep once, for these and all later messages."""
        if not self._swept:
            self._sweep()
            self._swept = True
        return {}


class Name(StrEnum):
    """The names of the queues on the command line."""

    CHANGES = "changes"
    RULES = "rules"
    PUBLISH = "publish"
    STATUS = "status"
    SWEEP = "sweep"


OUTPUTS: Mapping[Name, str] = {
    Name.CHANGES: "ChangesDeadLetterQueueUrl",
    Name.RULES: "RuleDeadLetterQueueUrl",
    Name.PUBLISH: "PublishFailuresQueueUrl",
    Name.STATUS: "StatusDeadLetterQueueUrl",
    Name.SWEEP: "SweepDeadLetterQueueUrl",
}

INTENTS: Mapping[Name, str] = {
    Name.CHANGES: "changes: sent back to the changes queue; their instances are reconciled.",
    Name.RULES: "rules: sent to the changes queue; their instances are reconciled.",
    Name.PUBLISH: "publish: the moves of those seconds are published again, some of them twice.",
    Name.STATUS: "status: the tags are written again, from the ledger as it is then.",
    Name.SWEEP: "sweep: one sweep runs now, in place of all that failed.",
}


DONE: Mapping[Name, str] = {
    Name.CHANGES: "sent to the changes queue: what fails again returns to this queue",
    Name.RULES: "sent to the changes queue: what fails again goes to the queue `changes`",
    Name.PUBLISH: "published again",
    Name.STATUS: "sent to the status queue: what fails again returns to this queue",
    Name.SWEEP: "covered by the sweep that ran",
}
"""What was done with the messages that a redrive has deleted."""


@dataclass(frozen=True, slots=True)
class DeadLetterQueue:
    """One of the queues, ready to be read and redriven."""

    name: Name
    letters: DeadLetters
    handler: Handler


def _send_readable(
    letters: Sequence[DeadLetter], read: Callable[[str], object], queue: MessageQueue
) -> Mapping[str, str]:
    unreadable: dict[str, str] = {}
    for letter in letters:
        try:
            read(letter.body)
        except BadMessageError as error:
            unreadable[letter.id] = error.message
    rest = [letter for letter in letters if letter.id not in unreadable]
    return unreadable | dict(queue.send(rest) if rest else {})


def queue(stack: Stack, name: Name) -> DeadLetterQueue:
    """Return the queue of this name."""
    return DeadLetterQueue(name, stack.dead_letters(OUTPUTS[name]), _handler(stack, name))


def _handler(stack: Stack, name: Name) -> Handler:
    match name:
        case Name.CHANGES | Name.RULES:
            scope = Scope(stack.account, stack.region, stack.keys)
            return SendAgain(stack.messages("ChangesQueueUrl"), scope)
        case Name.PUBLISH:
            return PublishAgain(stack.audit_items, stack.publisher)
        case Name.STATUS:
            return StatusAgain(stack.messages("StatusQueueUrl"))
        case Name.SWEEP:
            return SweepAgain(stack.sweeper)
