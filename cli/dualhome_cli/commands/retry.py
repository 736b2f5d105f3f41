"""`dualhome retry`: retry after fixing the cause."""

import click

from dualhome.domain.identifiers import InstanceId
from dualhome_cli.actions.request import carry_out
from dualhome_cli.actions.retry import retry
from dualhome_cli.stack import Stack, pass_stack
from dualhome_cli.ui.parameters import action_options

EPILOG = """
\b
Examples:
  dualhome retry i-0123456789abcdef0
  dualhome retry i-0123456789abcdef0 --target mgmt --yes --no-follow

\b
Exit codes:
  0    every attachment is attached or released in the end, or there was nothing to retry
  1    one is not, or nothing could be retried
  2    there is no such instance, or no such target of it
"""


@click.command(epilog=EPILOG)
@action_options
@pass_stack
def command(
    stack: Stack,
    instances: tuple[InstanceId, ...],
    targets: tuple[str, ...],
    *,
    yes: bool,
    follow: bool,
) -> None:
    """
    Retry after fixing the cause: what failed, was refused or is stuck.

    A failed or contested attachment is retried at once instead of at its time; of a stuck one,
    EC2 is asked again to detach the interface. A release that was due and not confirmed is read
    again. The rest of the instance is reconciled as after any event.
    """
    carry_out(stack, instances, targets, retry(targets, stack.now()), yes=yes, follow=follow)
