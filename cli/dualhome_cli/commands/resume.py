"""`dualhome resume`: the end of a pause."""

import click

from dualhome_cli.actions.pause import resume
from dualhome_cli.stack import Stack, pass_stack
from dualhome_cli.ui.parameters import REASON
from dualhome_cli.ui.prompts import yes_option

EPILOG = """
\b
Examples:
  dualhome resume
  dualhome resume --reason "the tags are back" --yes

\b
Exit codes:
  0    the stack is not paused
  1    you did not agree
  2    the reason is not one line, or there is no terminal to confirm on
  3    AWS refused, or another operator was faster: the text says what stands
"""


@click.command(epilog=EPILOG)
@click.option("--reason", type=REASON, default="", help="Why, for the audit.")
@yes_option
@pass_stack
def command(stack: Stack, *, reason: str, yes: bool) -> None:
    """
    Attach and detach again, after a pause.

    Queues at once what waits for an interface and what is being released. What stays attached
    although unwanted is left to the next sweep, which bounds releases.
    """
    intent = [
        f"This resumes stack {stack.name} in {stack.region}: it attaches and detaches again.",
        "What the pause has held is queued at once, releases begun before it among it.",
        "`dualhome status --attention` shows it before, `dualhome watch` while it happens.",
    ]
    resume(stack, reason, intent, yes=yes)
