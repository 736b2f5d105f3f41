"""The stack's dead-letter queues, and how each of them is redriven."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from json import loads
from typing import Protocol

from dualhome.application.requests import ReconcileRequest
from dualhome.domain.errors import BadMessageError
from dualhome.entrypoints.messages import Scope, parse_message
from dualhome.entrypoints.write_status import parse_status_message
from dualhome_cli.redrive.dead_letters import DeadLetters, Letter, Remedy
from dualhome_cli.redrive.publish import AuditDays, PublishAgain, PublishFunction, call
from dualhome_cli.redrive.sqs import SqsChanges, SqsDeadLetters
from dualhome_cli.stack import Stack


class Changes(Protocol):
    """The queue that a function reads."""

    def send(self, letters: Sequence[Letter]) -> Mapping[str, str]:
        """Queue the bodies of ``letters``; return why not, by the ids of those refused."""
        ...


class SendAgain:
    """
    Takes only what the reconciler can read; the rest would come back five receives later.

    So SQS's own redrive (StartMessageMoveTask) will not do. Nor does it take a queue that
    EventBridge feeds (SQS API Reference, StartMessageMoveTask).
    """

    def __init__(self, changes: Changes, scope: Scope) -> None:
        self._changes = changes
        self._place = scope

    def kind(self, body: str) -> str:
        """
        Return the event's source and type, and what somebody asked for by command.

        Raises:
            BadMessageError: as ``parse_message`` does.
        """
        requests = parse_message(body, self._place)
        event = loads(body)
        looks = (it for it in requests if isinstance(it, ReconcileRequest))
        asked = [ask.what.value for request in looks for ask in request.operator_requests]
        return " ".join([f"{event['source']}: {event['detail-type']}", *dict.fromkeys(asked)])

    def apply(self, letters: Sequence[Letter]) -> Mapping[str, str]:
        """Send what can be read; return why not, by the ids of those that stay."""
        return _send_readable(letters, self.kind, self._changes)


class StatusAgain:
    """Asks once more for status tags: the writer reads what the ledger says by then."""

    def __init__(self, statuses: Changes) -> None:
        self._statuses = statuses

    def kind(self, body: str) -> str:
        """Return the only kind there is; raises ``BadMessageError`` as the writer does."""
        parse_status_message(body)
        return "a status tag that was not written"

    def apply(self, letters: Sequence[Letter]) -> Mapping[str, str]:
        """Send what can be read; return why not, by the ids of those that stay."""
        return _send_readable(letters, self.kind, self._statuses)


def _send_readable(
    letters: Sequence[Letter], read: Callable[[str], object], queue: Changes
) -> Mapping[str, str]:
    unreadable: dict[str, str] = {}
    for letter in letters:
        try:
            read(letter.body)
        except BadMessageError as error:
            unreadable[letter.id] = error.message
    rest = [letter for letter in letters if letter.id not in unreadable]
    return unreadable | dict(queue.send(rest) if rest else {})


class SweepAgain:
    """``sweep`` runs one to its end, and raises if it fails."""

    def __init__(self, sweep: Callable[[], None]) -> None:
        self._sweep = sweep
        self._swept = False

    def kind(self, _: str) -> str:
        """Return the only kind there is, whatever the message tells of the failure."""
        return "a sweep that failed or did not start"

    def apply(self, _: Sequence[Letter]) -> Mapping[str, str]:
        """Sweep once, for these and all later messages."""
        if not self._swept:
            self._sweep()
            self._swept = True
        return {}


class Name(StrEnum):
    """What an operator calls them."""

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
    Name.CHANGES: "changes: they go back to the changes queue, and their instances are looked at.",
    Name.RULES: "rules: they go to the changes queue, and their instances are looked at.",
    Name.PUBLISH: "publish: moves of those seconds are published again, some for the second time.",
    Name.STATUS: "status: tags are written again, as the ledger says by then.",
    Name.SWEEP: "sweep: one sweep runs now, and makes up for all that failed.",
}


DONE: Mapping[Name, str] = {
    Name.CHANGES: "sent to the changes queue: what fails again comes back here",
    Name.RULES: "sent to the changes queue: what fails again is set aside as `changes`",
    Name.PUBLISH: "published again",
    Name.STATUS: "sent to the status queue: what fails again comes back here",
    Name.SWEEP: "made up for by the sweep that ran",
}
"""What has become of the messages that are gone from a queue."""


@dataclass(frozen=True, slots=True)
class DeadLetterQueue:
    """One of the queues, ready to be looked into and emptied."""

    name: Name
    letters: DeadLetters
    remedy: Remedy


def queue(stack: Stack, name: Name) -> DeadLetterQueue:
    """Return the queue of this name."""
    letters = SqsDeadLetters(stack.client("sqs"), stack.output(OUTPUTS[name]))
    return DeadLetterQueue(name, letters, _remedy(stack, name))


def _remedy(stack: Stack, name: Name) -> Remedy:
    match name:
        case Name.CHANGES | Name.RULES:
            changes = SqsChanges(stack.client("sqs"), stack.output("ChangesQueueUrl"))
            return SendAgain(changes, Scope(stack.account, stack.region, stack.keys))
        case Name.PUBLISH:
            audit = AuditDays(stack.client("dynamodb"), stack.output("AuditTableName"))
            publisher = PublishFunction(
                stack.client("lambda"), stack.output("PublishChangesFunctionName"), time.sleep
            )
            return PublishAgain(audit, publisher)
        case Name.STATUS:
            statuses = SqsChanges(stack.client("sqs"), stack.output("StatusQueueUrl"))
            return StatusAgain(statuses)
        case Name.SWEEP:
            functions = stack.client("lambda")
            sweep = stack.output("SweepAccountFunctionName")
            return SweepAgain(lambda: call(functions, sweep, {}))
