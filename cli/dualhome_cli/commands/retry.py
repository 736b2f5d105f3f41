"""`dualhome retry`: what failed, or is stuck, is tried again now."""

import click

from dualhome.domain.attachment import OperatorAction, OperatorRequest
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome_cli.actions.follow import follow_to_end
from dualhome_cli.actions.request import send
from dualhome_cli.actions.retry import WELL, followed, intentions
from dualhome_cli.data.requested import check_not_paused, check_targets, read_subjects
from dualhome_cli.stack import Stack, pass_stack
from dualhome_cli.ui.parameters import INSTANCE
from dualhome_cli.ui.prompts import ask, follow_option, yes_option
from dualhome_cli.ui.shell_commands import with_options

EPILOG = """
\b
Examples:
  dualhome retry i-0123456789abcdef0
  dualhome retry i-0123456789abcdef0 --target mgmt --yes --no-follow

\b
Exit codes:
  0    all is attached or released in the end, or there was nothing to try
  1    something is not, or nothing could be tried
  2    there is no such instance, or no such target of it
"""


@click.command(epilog=EPILOG)
@click.argument("instances", metavar="INSTANCE...", nargs=-1, required=True, type=INSTANCE)
@click.option("--target", "targets", metavar="NAME", multiple=True, help="Only this target.")
@yes_option
@follow_option
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
    Try again now what failed, was refused or is stuck.

    What failed, or is contested, is tried at once, not when its time comes; of what is stuck, the
    interface is detached anew. A release that was due and not confirmed is read again. Everything
    else about the instance is looked at as after any event.
    """
    check_not_paused(stack)
    subjects = read_subjects(stack, instances)
    check_targets(subjects, targets)
    now = stack.now()
    every = [followed(it, targets, now) for it in subjects]
    open_ = [followed for followed in every if followed.open]
    intent = [with_options(line, stack) for it in subjects for line in intentions(it, targets, now)]
    if not open_:
        click.echo("\n".join([*intent, "There is nothing to try again."]))
        return
    ask(intent, yes=yes)
    names = tuple(map(TargetName, targets)) or (None,)
    requests = [OperatorRequest(OperatorAction.RETRY, name) for name in names]
    send(stack, [it.instance for it in open_], requests)
    if follow:
        follow_to_end(stack, open_, WELL)
