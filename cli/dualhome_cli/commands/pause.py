"""`dualhome pause`: the reconciler neither attaches nor detaches until `resume`."""

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
  3    CloudFormation could not update the stack, or rolled the update back
"""


@click.command(epilog=EPILOG)
@yes_option
@follow_option
@pass_stack
def command(stack: Stack, *, yes: bool, follow: bool) -> None:
    """
    Stop attaching and detaching, in the whole account and Region.

    The reconciler goes on reading and recording: `status` shows what waits. The command updates
    the stack; the update changes the parameter Paused and nothing else.
    """
    intent = [
        f"Pausing stack {stack.name} in {stack.region}: its parameter Paused becomes true.",
        "Nothing is attached or detached from then on; EC2 completes what it has begun.",
        "Targets asked for meanwhile wait with the reason PAUSED until `dualhome resume`.",
    ]
    switch(stack, intent, paused=True, yes=yes, follow=follow)
