"""`dualhome pause`: nothing is attached or detached until `resume`."""

import click

from dualhome_cli.actions.pause import switch
from dualhome_cli.stack import Stack, pass_stack
from dualhome_cli.ui.prompts import follow_option, yes_option

EPILOG = """
\b
Examples:
  dualhome pause
  dualhome pause --yes --no-follow

\b
Exit codes:
  0    the stack is paused
  1    you did not agree
  3    CloudFormation could not update the stack, or took the update back
"""


@click.command(epilog=EPILOG)
@yes_option
@follow_option
@pass_stack
def command(stack: Stack, *, yes: bool, follow: bool) -> None:
    """
    Stop attaching and detaching, in the whole account and Region.

    Reading and recording go on: `status` shows what would be done. It is an update of the stack
    that changes the parameter Paused and nothing else.
    """
    intent = [
        f"Stack {stack.name} in {stack.region} is paused: its parameter Paused becomes true.",
        "From then on nothing is attached and nothing is detached; what EC2 has begun goes on.",
        "What is asked for meanwhile is recorded as PAUSED, and tried after `dualhome resume`.",
    ]
    switch(stack, intent, paused=True, yes=yes, follow=follow)
