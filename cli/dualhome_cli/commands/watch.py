"""`dualhome watch`: moves as they happen."""

import time

import click

from dualhome_cli.history.tail import Tail, follow
from dualhome_cli.history.transitions import OF_MANY, transition_of
from dualhome_cli.stack import Stack, pass_stack
from dualhome_cli.ui.output import Format, live, output_option


@click.command(
    epilog="""
    \b
    Examples:
      dualhome watch                                     leave it open during a rollout
      dualhome watch -o json | jq 'select(.to_state == "stuck")'
    """
)
@output_option
@pass_stack
def command(stack: Stack, *, output: Format) -> None:
    """
    Show each move, and each pause, as it happens, until Ctrl-C.

    A move is shown a few seconds after it was made. With -o json each is an object on a line of
    its own. Moves made while AWS cannot be reached are shown afterwards.
    """
    write = live(OF_MANY, output)
    tail = Tail(stack.audit_log, stack.now())
    click.echo(f"Watching {stack.name} in {stack.region}; Ctrl-C ends.", err=True)

    def sleep(seconds: float) -> None:
        stack.skipped.report()
        time.sleep(seconds)

    for entry in follow(tail, stack.now, sleep, lambda text: click.echo(text, err=True)):
        write(transition_of(entry))
