"""`dualhome release`: interfaces are taken back."""

import click

from dualhome.domain.attachment import OperatorAction, OperatorRequest
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome_cli.actions.follow import follow_to_end
from dualhome_cli.actions.release import (
    FORCED,
    WELL,
    follow_on,
    followed,
    how_to_follow,
    intentions,
    wanted_again,
)
from dualhome_cli.actions.request import send
from dualhome_cli.data.requested import check_not_paused, check_targets, read_subjects
from dualhome_cli.stack import Stack, pass_stack
from dualhome_cli.ui.parameters import INSTANCE
from dualhome_cli.ui.prompts import ask, follow_option, yes_option
from dualhome_cli.ui.shell_commands import with_options

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
@click.argument("instances", metavar="INSTANCE...", nargs=-1, required=True, type=INSTANCE)
@click.option("--target", "targets", metavar="NAME", multiple=True, help="Only this target.")
@click.option(
    "--force-detach", "force", is_flag=True, help="Detach even if the instance does not let go."
)
@yes_option
@follow_option
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
    Take an instance's interfaces back, wanted or not.

    The usual way is to change the instance's tag: what its tag still asks for is asked for again
    afterwards, and followed to where its record comes to rest. This command waits for no second
    reading, and lets go what is held back because too many releases were due, and what is stuck;
    where EC2 does not let go of it, --force-detach is the last resort.
    """
    check_not_paused(stack)
    subjects = read_subjects(stack, instances)
    check_targets(subjects, targets)
    every = [followed(it, targets, stack.now(), force=force) for it in subjects]
    open_ = [followed for followed in every if followed.open]
    intent = [
        with_options(line, stack)
        for it in subjects
        for line in intentions(it, targets, force=force)
    ]
    if not open_:
        click.echo("\n".join([*intent, "There is nothing to release."]))
        return
    ask([*intent, *([FORCED] if force else [])], yes=yes)
    names = tuple(map(TargetName, targets)) or (None,)
    requests = [OperatorRequest(OperatorAction.RELEASE, name, force) for name in names]
    send(stack, [it.instance for it in open_], requests)
    back = {it.id: wanted_again(it, targets, force=force) for it in subjects}
    if follow:
        follow_to_end(stack, open_, WELL, lambda it: follow_on(it, back[it.instance], stack.now()))
        return
    for it in subjects:
        if back[it.id]:
            click.echo(with_options(how_to_follow(it, back[it.id]), stack))
