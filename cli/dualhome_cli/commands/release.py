"""`dualhome release`: interfaces are detached, and return to their pools."""

import click

from dualhome.domain.identifiers import InstanceId
from dualhome_cli.actions.release import release
from dualhome_cli.actions.request import carry_out
from dualhome_cli.stack import Stack, pass_stack
from dualhome_cli.ui.parameters import action_options

EPILOG = """
\b
Examples:
  dualhome release i-0123456789abcdef0
  dualhome release i-0123456789abcdef0 --target mgmt
  dualhome release i-0123456789abcdef0 --target mgmt --force-detach

\b
Exit codes:
  0    every interface is free in the end, or none was held
  1    one is not, or nothing could be released
  2    there is no such instance, or no such target of it
"""


@click.command(epilog=EPILOG)
@click.option(
    "--force-detach",
    "force",
    is_flag=True,
    help="Force the detach (EC2's Force), as a last resort.",
)
@action_options
@pass_stack
def command(
    stack: Stack,
    instances: tuple[InstanceId, ...],
    targets: tuple[str, ...],
    *,
    force: bool,
    yes: bool,
    follow: bool,
) -> None:
    """
    Detach an instance's interfaces, wanted or not, and return them to their pools.

    The usual way is to change the instance's tag: a target that the tag still asks for is attached
    again afterwards, and followed until that attachment settles. This command waits for no second
    reading; it also releases what the release breaker has deferred, and what is stuck. Where EC2
    does not complete the detach, --force-detach is the last resort.
    """
    action = release(targets, stack.now, force=force)
    carry_out(stack, instances, targets, action, yes=yes, follow=follow)
