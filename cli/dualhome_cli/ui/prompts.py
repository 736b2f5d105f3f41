"""Confirmation before anything is changed."""

import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def yes_option(command: F) -> F:
    """Give a command ``--yes``."""
    return click.option("-y", "--yes", is_flag=True, help="Do not ask.")(command)


def follow_option(command: F) -> F:
    """Give a command ``--no-follow``, as its argument ``follow``."""
    return click.option(
        "--no-follow", "follow", is_flag=True, default=True, flag_value=False, help="Do not wait."
    )(command)


def confirm(intent: Iterable[str], *, yes: bool, err: bool = False) -> None:
    """
    Say what will happen, and return if the operator agrees; with ``err`` on standard error.

    Raises:
        UsageError: standard input is no terminal.
        Exit: the operator does not agree.
        KeyboardInterrupt: the answer is Ctrl-C.
    """
    for line in intent:
        click.echo(line, err=err)
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("Not a terminal: pass --yes to confirm.")
    if not _agrees(err=err):
        click.echo("Nothing was changed.", err=err)
        raise click.exceptions.Exit(1)


def _agrees(*, err: bool) -> bool:
    try:
        return click.confirm("Continue?", err=err)
    except click.Abort as abort:
        if isinstance(abort.__context__, KeyboardInterrupt):  # click makes one of it and Ctrl-D
            click.echo(err=True)
            raise KeyboardInterrupt from None
        raise
