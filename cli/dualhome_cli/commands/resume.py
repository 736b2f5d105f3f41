"""`dualhome resume`: the end of a pause."""

import click

from dualhome_cli.actions.pause import switch
from dualhome_cli.stack import Stack, pass_stack
from dualhome_cli.ui.prompts import follow_option, yes_option

EPILOG = """
\b
Examples:
  dualhome resume
  dualhome resume --yes --no-follow

\b
Exit codes:
  0    the stack is not paused
  1    you did not agree
  3    CloudFormation could not update the stack, or took the update back
"""


@click.command(epilog=EPILOG)
@yes_option
@follow_option
@pass_stack
def command(stack: Stack, *, yes: bool, follow: bool) -> None:
    """
    Attach and detach again, after a pause.

    It is an update of the stack that changes the parameter Paused and nothing else.
    """
    schedule = stack.parameters.get("SweepSchedule", "its schedule")
    intent = [
        f"Stack {stack.name} in {stack.region} works again: its parameter Paused becomes false.",
        f"What was asked for meanwhile is tried by the next sweep at the latest ({schedule}).",
        "See it first with `dualhome status --attention`, and then with `dualhome watch`.",
    ]
    switch(stack, intent, paused=False, yes=yes, follow=follow)
