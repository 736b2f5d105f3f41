"""Pause and resume: one parameter, changed by an update of the stack."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import click
from botocore.exceptions import ClientError
from rich.text import Text
from ulid import ULID

from dualhome_cli.actions.follow import waiting
from dualhome_cli.errors import CommandError
from dualhome_cli.stack import Stack
from dualhome_cli.ui.prompts import ask
from dualhome_cli.ui.terminal import printable

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, StackTypeDef

PARAMETER = "Paused"

CAPABILITIES: Final = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
"""The template has roles, and a macro (CloudFormation API Reference, UpdateStack)."""

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

NOTHING_TO_DO = "No updates are to be performed"


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
        """Whether the whole update has ended well, or not; None while it goes on."""
        if not self.whole or self.status.endswith("IN_PROGRESS"):
            return None
        return self.status == "UPDATE_COMPLETE"


def is_paused(stack: "StackTypeDef") -> bool:
    """Return whether the stack is paused by its parameter."""
    return _parameters(stack).get(PARAMETER) == "true"


def why_not_now(stack: "StackTypeDef") -> str:
    """Return in a sentence why CloudFormation would not update ``stack`` now; empty if it would."""
    name, status = stack["StackName"], stack["StackStatus"]
    if PARAMETER not in _parameters(stack):
        return f"stack {name} has no parameter {PARAMETER}: deploy this version of dualhome first"
    if status in READY:
        return ""
    if status == "UPDATE_ROLLBACK_FAILED":
        return (
            f"stack {name} is in {status}: continue its rollback first"
            f" (aws cloudformation continue-update-rollback --stack-name {name})"
        )
    if status.endswith("IN_PROGRESS"):
        return f"stack {name} is in {status}: somebody is changing it; try again when that is over"
    return f"stack {name} is in {status}, from which CloudFormation updates nothing: deploy it anew"


def start(
    cloudformation: "CloudFormationClient", stack: "StackTypeDef", token: str, *, paused: bool
) -> bool:
    """
    Start the update that changes the parameter alone; return whether there is anything to change.

    ``token`` marks the update's events. Tags, service role and all else stay as they are.
    """
    try:
        cloudformation.update_stack(
            StackName=stack["StackId"],
            UsePreviousTemplate=True,
            Parameters=list(_changed(stack, paused=paused)),
            Capabilities=sorted({*stack.get("Capabilities", []), *CAPABILITIES}),
            ClientRequestToken=token,
        )
    except ClientError as error:
        if NOTHING_TO_DO in error.response["Error"].get("Message", ""):
            return False
        raise
    return True


def follow_update(
    cloudformation: "CloudFormationClient", stack_id: str, token: str, wait: Callable[[], None]
) -> Iterator[StackEvent]:
    """Yield the events of the update marked by ``token``, oldest first, to its end."""
    seen: set[str] = set()
    while True:
        for event in reversed(list(_unseen(cloudformation, stack_id, token, seen))):
            seen.add(event.id)
            yield event
            if event.ended is not None:
                return
        wait()


def _unseen(
    cloudformation: "CloudFormationClient", stack_id: str, token: str, seen: set[str]
) -> Iterator[StackEvent]:
    """Yield new events, newest first, no further back than the update's own."""
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id)
    for event in (event for page in pages for event in page["StackEvents"]):
        if event["EventId"] in seen or event.get("ClientRequestToken") != token:
            return
        yield _read(event)


def _changed(stack: "StackTypeDef", *, paused: bool) -> Iterable["ParameterTypeDef"]:
    for key in _parameters(stack):
        if key == PARAMETER:
            yield {"ParameterKey": key, "ParameterValue": str(paused).lower()}
        else:
            yield {"ParameterKey": key, "UsePreviousValue": True}


def _parameters(stack: "StackTypeDef") -> dict[str, str]:
    found = stack.get("Parameters", [])
    return {it["ParameterKey"]: it.get("ParameterValue", "") for it in found}


def _read(event: Mapping[str, Any]) -> StackEvent:
    return StackEvent(
        id=event["EventId"],
        at=event["Timestamp"],
        resource=event["LogicalResourceId"],
        whole=event.get("PhysicalResourceId") == event["StackId"],
        status=event["ResourceStatus"],
        reason=event.get("ResourceStatusReason", ""),
    )


SECONDS_BETWEEN_READS = 2.0


def switch(stack: Stack, intent: Iterable[str], *, paused: bool, yes: bool, follow: bool) -> None:
    """
    Ask, update the stack's parameter, and follow the update to its end.

    Raises:
        TroubleError: the stack cannot be updated now, or its update was taken back.
    """
    state = "paused" if paused else "not paused"
    cloudformation = stack.client("cloudformation")
    found = cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0]
    if is_paused(found) is paused:
        click.echo(f"Stack {stack.name} is {state} already.")
        return
    if why := why_not_now(found):
        raise CommandError(why)
    ask(intent, yes=yes)
    token = f"dualhome-{ULID()}"
    if not start(cloudformation, found, token, paused=paused):
        click.echo(f"Stack {stack.name} is {state} already.")
        return
    if not follow:
        click.echo(f"CloudFormation updates stack {stack.name}; it takes a minute or two.")
        return
    events = follow_update(
        cloudformation, found["StackId"], token, lambda: time.sleep(SECONDS_BETWEEN_READS)
    )
    _see_to_the_end(stack, events, state)


def _see_to_the_end(stack: Stack, events: Iterable[StackEvent], state: str) -> None:
    first_failure = ""
    with waiting("CloudFormation is at work; Ctrl-C ends the waiting, not the update.") as write:
        for event in events:
            reason = printable(event.reason)
            if event.status.endswith("FAILED") and not first_failure:
                first_failure = f" {event.resource}: {reason}"
            if not event.status.endswith("IN_PROGRESS") or event.whole:
                line = f"{event.at:%H:%M:%S}  {event.resource}  {event.status}"
                write(Text(f"{line}  {reason}".rstrip()))
            if event.ended is False:
                raise CommandError(f"The update was taken back.{first_failure}")
    click.echo(f"Stack {stack.name} is {state}.")
