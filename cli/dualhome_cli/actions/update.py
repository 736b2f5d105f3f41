"""An update of the stack by one parameter: whether it can start now, and what it reports."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.literals import CapabilityType

PARAMETER = "Paused"

READY = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
        "CREATE_FAILED",
        "UPDATE_FAILED",
    }
)
"""
Statuses from which CloudFormation takes an update.

It does so from the two failed ones, if the stack was told to keep what succeeded (CloudFormation
User Guide, "Choose how to handle failures when provisioning resources").
"""


@dataclass(frozen=True, slots=True)
class Deployed:
    """The stack as CloudFormation describes it at a moment."""

    id: str
    name: str
    status: str
    parameters: Mapping[str, str]
    capabilities: "tuple[CapabilityType, ...]"

    @property
    def paused(self) -> bool:
        """Whether it is paused by its parameter."""
        return self.parameters.get(PARAMETER) == "true"


@dataclass(frozen=True, slots=True)
class StackEvent:
    """
    One line of CloudFormation's account of an update.

    ``whole``: it is about the stack itself, not about a resource, or a stack within it.
    """

    id: str
    at: datetime
    resource: str
    whole: bool
    status: str
    reason: str = ""

    @property
    def ended(self) -> bool | None:
        """Whether the whole update has succeeded, or not; None while it goes on."""
        if not self.whole or self.status.endswith("IN_PROGRESS"):
            return None
        return self.status == "UPDATE_COMPLETE"


class StackUpdates(Protocol):
    """CloudFormation, as far as one parameter of one stack is concerned."""

    def describe(self) -> Deployed:
        """Return the stack as it is now."""
        ...

    def start(self, stack: Deployed, token: str, parameter: str, value: str) -> bool:
        """Start an update marked by ``token``; return whether it changes anything."""
        ...

    def follow(self, stack: Deployed, token: str, wait: Callable[[], None]) -> Iterator[StackEvent]:
        """Yield the events of the update, oldest first, to its end."""
        ...


def why_not_now(stack: Deployed) -> str:
    """Return in a sentence why CloudFormation would not update ``stack`` now; empty if it would."""
    name, status = stack.name, stack.status
    if PARAMETER not in stack.parameters:
        return f"stack {name} has no parameter {PARAMETER}: deploy this version of dualhome first"
    if status in READY:
        return ""
    if status == "UPDATE_ROLLBACK_FAILED":
        return (
            f"stack {name} is in {status}: continue its rollback first"
            f" (aws cloudformation continue-update-rollback --stack-name {name})"
        )
    if status.endswith("IN_PROGRESS"):
        return f"stack {name} is in {status}: an update is running; try again when it has ended"
    return f"stack {name} is in {status}, from which CloudFormation takes no update: deploy it anew"
