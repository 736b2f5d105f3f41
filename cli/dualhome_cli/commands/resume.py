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
  3    CloudFormation could not update the stack, or rolled the update back
"""


@click.command(epilog=EPILOG)
@yes_option
@follow_option
@pass_stack
def command(stack: Stack, *, yes: bool, follow: bool) -> None:
    """
    Attach and detach again, after a pause.

    The command updates the stack; the update changes the parameter Paused and nothing else.
    """
    schedule = stack.parameters.get("SweepSchedule", "its schedule")
    intent = [
        f"Resuming stack {stack.name} in {stack.region}: its parameter Paused becomes false.",
        f"At the latest the next sweep ({schedule}) queues what was asked for meanwhile.",
        "`dualhome status --attention` shows it before, `dualhome watch` while it happens.",
    ]
    switch(stack, intent, paused=False, yes=yes, follow=follow)
