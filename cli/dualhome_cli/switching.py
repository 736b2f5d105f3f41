"""`pause` and `resume`: the same switch, in the one position and in the other."""

import time
from collections.abc import Iterable

import click
from rich.text import Text
from ulid import ULID

from dualhome_cli import pausing
from dualhome_cli.consent import ask
from dualhome_cli.pausing import StackEvent
from dualhome_cli.progress import waiting
from dualhome_cli.stack import Stack
from dualhome_cli.terminal import printable
from dualhome_cli.trouble import TroubleError

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
    if pausing.is_paused(found) is paused:
        click.echo(f"Stack {stack.name} is {state} already.")
        return
    if why := pausing.why_not_now(found):
        raise TroubleError(why)
    ask(intent, yes=yes)
    token = f"dualhome-{ULID()}"
    if not pausing.start(cloudformation, found, token, paused=paused):
        click.echo(f"Stack {stack.name} is {state} already.")
        return
    if not follow:
        click.echo(f"CloudFormation updates stack {stack.name}; it takes a minute or two.")
        return
    events = pausing.follow(
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
                raise TroubleError(f"The update was taken back.{first_failure}")
    click.echo(f"Stack {stack.name} is {state}.")
