"""Pause and resume: one parameter, changed by an update of the stack."""

import time
from collections.abc import Iterable

import click
from rich.text import Text
from ulid import ULID

from dualhome_cli.actions.follow import waiting
from dualhome_cli.actions.update import PARAMETER, StackEvent, why_not_now
from dualhome_cli.errors import CommandError
from dualhome_cli.stack import Stack
from dualhome_cli.ui.prompts import confirm
from dualhome_cli.ui.terminal import printable

SECONDS_BETWEEN_READS = 2.0


def switch(stack: Stack, intent: Iterable[str], *, paused: bool, yes: bool, follow: bool) -> None:
    """
    Ask, update the stack's parameter, and follow the update to its end.

    Raises:
        CommandError: the stack cannot be updated now, or its update was rolled back.
    """
    state = "paused" if paused else "not paused"
    updates = stack.updates
    found = updates.describe()
    if found.paused is paused:
        click.echo(f"Stack {stack.name} is {state} already.")
        return
    if why := why_not_now(found):
        raise CommandError(why)
    confirm(intent, yes=yes)
    token = f"dualhome-{ULID()}"
    if not updates.start(found, token, PARAMETER, str(paused).lower()):
        click.echo(f"Stack {stack.name} is {state} already.")
        return
    if not follow:
        click.echo(f"CloudFormation updates stack {stack.name}; it takes a minute or two.")
        return
    events = updates.follow(found, token, lambda: time.sleep(SECONDS_BETWEEN_READS))
    _follow_to_end(stack, events, state)


def _follow_to_end(stack: Stack, events: Iterable[StackEvent], state: str) -> None:
    first_failure = ""
    with waiting("CloudFormation is updating; Ctrl-C stops the wait, not the update.") as write:
        for event in events:
            reason = printable(event.reason)
            if event.status.endswith("FAILED") and not first_failure:
                first_failure = f" {event.resource}: {reason}"
            if not event.status.endswith("IN_PROGRESS") or event.whole:
                line = f"{event.at:%H:%M:%S}  {event.resource}  {event.status}"
                write(Text(f"{line}  {reason}".rstrip()))
            if event.ended is False:
                raise CommandError(f"The update was rolled back.{first_failure}")
    click.echo(f"Stack {stack.name} is {state}.")
