"""What AWS says of the deployed stack: what checks judge, and the ports to read it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Part:
    """
    A part of the stack, by its name in the template; ``name`` is AWS's.

    ``state`` is AWS's, in lower case: ``enabled``, ``active``; empty if it is not there.
    ``update`` is how a function's last update ended, ``why`` what AWS says of it.
    """

    logical_id: str
    name: str
    state: str
    update: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A raised alarm; ``why`` is CloudWatch's, ``description`` ours: a meaning, `Next:`, advice."""

    logical_id: str
    name: str
    why: str
    description: str

    @property
    def advice(self) -> str:
        """What to do next."""
        return self.description.rpartition("Next: ")[2]


@dataclass(frozen=True, slots=True)
class Audience:
    """Subscriptions of the alarm topic: those that are confirmed, and those that are not yet."""

    confirmed: int
    pending: int


@dataclass(frozen=True, slots=True)
class StackState:
    """The stack as CloudFormation describes it: its status, and when it was created."""

    status: str
    created: datetime


class Resources(Protocol):
    """The stack's parts; one read for each, and one that is gone has no state."""

    @property
    def stack(self) -> StackState:
        """The stack itself, now."""
        ...

    def rules(self) -> Sequence[Part]:
        """Return the rules of EventBridge."""
        ...

    def schedules(self) -> Sequence[Part]:
        """Return the schedules of EventBridge Scheduler."""
        ...

    def sources(self) -> Sequence[Part]:
        """Return the event source mappings."""
        ...

    def functions(self) -> Sequence[Part]:
        """Return the functions."""
        ...

    def alarms(self) -> Sequence[Alarm]:
        """Return the raised ones of the alarms that the nested stack has created."""
        ...

    def roles(self) -> Mapping[str, str]:
        """Return the names of the roles, by their names in the template."""
        ...


@dataclass(frozen=True, slots=True)
class Queue:
    """``oldest`` is the age of the oldest message, None where it is not known."""

    name: str
    waiting: int
    handled: int = 0
    delayed: int = 0
    oldest: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Interfaces:
    """The account's interfaces by zone, of whatever service; ``quota`` None is not known."""

    by_zone: Mapping[str, int]
    quota: int | None


@dataclass(frozen=True, slots=True)
class Need:
    """
    What a role, by its name in the template, must be allowed.

    ``resource`` is the end of an EC2 ARN, or ``*``; ``context`` are the condition keys that the
    call carries.
    """

    role: str
    actions: tuple[str, ...]
    resource: str = "*"
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What IAM says; ``by_organization`` if a policy of the organization is what denies."""

    role: str
    action: str
    allowed: bool
    by_organization: bool = False


class PermissionSimulator(Protocol):
    """IAM's simulation of a role's policies."""

    def decisions(self, need: Need, role: str) -> Iterable[Decision]:
        """Return what IAM says of each action of ``need``, asked by one call."""
        ...
