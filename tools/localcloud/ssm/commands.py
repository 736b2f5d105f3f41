"""Commands and their invocations: one for each instance, with a result for each step."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from localcloud.ec2.api.call import Scope
from localcloud.ssm.content import DEFAULT_SECONDS
from localcloud.ssm.documents import Version
from localcloud.ssm.parameters import Value


class Status(StrEnum):
    """Systems Manager API Reference, CommandInvocation (Status)."""

    PENDING = "Pending"
    DELAYED = "Delayed"
    IN_PROGRESS = "InProgress"
    CANCELLING = "Cancelling"
    SUCCESS = "Success"
    FAILED = "Failed"
    TIMED_OUT = "TimedOut"
    CANCELLED = "Cancelled"


WAITING = {Status.PENDING, Status.DELAYED}
ENDED = {Status.SUCCESS, Status.FAILED, Status.TIMED_OUT, Status.CANCELLED}

# What StatusDetails says beyond Status. AWS does not document which Status Undeliverable has.
DELIVERY_TIMED_OUT = "DeliveryTimedOut"
EXECUTION_TIMED_OUT = "ExecutionTimedOut"
UNDELIVERABLE = "Undeliverable"


@dataclass
class StepResult:
    """A step of an invocation: ``code`` is -1 until it has ended, times are the clock's."""

    name: str
    status: Status = Status.PENDING
    details: str = Status.PENDING
    code: int = -1
    began: float = 0.0
    ended: float = 0.0
    stdout: str = ""
    stderr: str = ""


@dataclass
class Invocation:
    """A command on one instance."""

    instance: str
    steps: list[StepResult]
    status: Status = Status.PENDING
    details: str = Status.PENDING
    cancelled: threading.Event = field(default_factory=threading.Event)


@dataclass
class Command:
    """A command; ``requested`` is a time, ``timeout_seconds`` the limit of its delivery."""

    id: str
    scope: Scope
    document: str
    version: Version
    wanted_version: str
    comment: str
    parameters: Mapping[str, list[str]]
    values: Mapping[str, Value]
    requested: float
    timeout_seconds: int
    invocations: dict[str, Invocation] = field(default_factory=dict)

    @property
    def expires(self) -> float:
        """The time after which nothing of it goes on: delivery, then execution."""
        seconds = (it.seconds for it in self.version.content.steps)
        execution = sum(int(it if it.isdecimal() else DEFAULT_SECONDS) for it in seconds)
        return self.requested + self.timeout_seconds + execution

    def status(self) -> tuple[Status, str]:
        """
        Return status and details of the command as a whole.

        Source: Systems Manager User Guide, "Understanding command statuses"; MaxErrors is 0.
        """
        found = {(it.status, it.details) for it in self.invocations.values()}
        statuses = {status for status, _ in found}
        if statuses <= WAITING:
            return Status.PENDING, Status.PENDING
        if not statuses <= ENDED:
            going = Status.CANCELLING if Status.CANCELLING in statuses else Status.IN_PROGRESS
            return going, going
        if len(found) == 1:
            return found.pop()
        worst = (
            Status.CANCELLED if statuses <= {Status.SUCCESS, Status.CANCELLED} else Status.FAILED
        )
        return worst, worst


class Commands:
    """All commands, newest last; ``lock`` is held while one is changed or shown."""

    def __init__(self) -> None:
        """Begin without any."""
        self.lock = threading.RLock()
        self._all: dict[str, Command] = {}

    def add(self, command: Command) -> None:
        """Keep a command."""
        self._all[command.id] = command

    def find(self, scope: Scope, command_id: str) -> Command | None:
        """Return an account's command in a Region; None if it has none of this id."""
        found = self._all.get(command_id)
        return found if found and found.scope == scope else None

    def of(self, scope: Scope) -> Iterable[Command]:
        """Return an account's commands in a Region, newest first."""
        return [it for it in reversed(self._all.values()) if it.scope == scope]
