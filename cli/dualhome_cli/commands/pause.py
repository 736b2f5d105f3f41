"""`dualhome pause`: nothing is attached or detached until `resume`."""

import click

from dualhome_cli.actions.pause import pause
from dualhome_cli.stack import Stack, pass_stack
from dualhome_cli.ui.parameters import REASON
from dualhome_cli.ui.prompts import yes_option

EPILOG = """
\b
Examples:
  dualhome pause --reason "a tag policy removes our tags, INC-4711"
  dualhome pause --reason "maintenance until 18:00 UTC" --yes

\b
Exit codes:
  0    the stack is paused
  1    you did not agree
  2    the reason is missing or not one line, or there is no terminal to confirm on
  3    AWS refused, or another operator was faster: the text says what stands
"""


@click.command(epilog=EPILOG)
@click.option(
    "--reason",
    type=REASON,
    required=True,
    help="Why, for those who find it paused: one line, 256 characters at most; audited.",
)
@yes_option
@pass_stack
def command(stack: Stack, *, reason: str, yes: bool) -> None:
    """
    Stop attaching and detaching, in the whole account and Region, within a second.

    Who, when and why are audited, published and shown by `status`. dualhome goes on reading,
    recording and writing status tags. What EC2 has begun, it completes.
    """
    intent = [
        f"This pauses stack {stack.name} in {stack.region}: {reason}",
        "Nothing is attached or detached from then on; EC2 completes what it has begun.",
        "Targets asked for meanwhile wait with the reason PAUSED until `dualhome resume`.",
    ]
    pause(stack, reason, intent, yes=yes)
