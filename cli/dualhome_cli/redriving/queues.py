"""The stack's dead-letter queues, and how each is done over."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dualhome.entrypoints.messages import Place
from dualhome_cli.redriving.changes import SendAgain, StatusAgain
from dualhome_cli.redriving.functions import AuditDays, PublishFunction, call
from dualhome_cli.redriving.letters import DeadLetters, Remedy
from dualhome_cli.redriving.moves import PublishAgain
from dualhome_cli.redriving.sqs import SqsChanges, SqsDeadLetters
from dualhome_cli.redriving.sweeps import SweepAgain
from dualhome_cli.stack import Stack


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
            return SendAgain(changes, Place(stack.account, stack.region, stack.keys))
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
