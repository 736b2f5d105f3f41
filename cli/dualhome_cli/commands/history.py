"""`dualhome history`: moves of the audit log."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import click

from dualhome.domain.attachment import AuditEntry
from dualhome.domain.pause import PauseChange
from dualhome_cli.data.moves import moves_of, moves_since
from dualhome_cli.history.transitions import OF_MANY, OF_ONE, Transition, transition_of
from dualhome_cli.stack import Stack, pass_stack
from dualhome_cli.ui.output import Format, output_option, show
from dualhome_cli.ui.parameters import INSTANCE_OR_INTERFACE
from dualhome_cli.ui.shell_commands import with_options
from dualhome_cli.ui.times import Since

LONGEST = timedelta(days=31)
"""Further back, day by day, an instance or an interface has to be named."""


@click.command(
    epilog="""
    \b
    Examples:
      dualhome history i-0123456789abcdef0               every move of an instance
      dualhome history eni-0123456789abcdef0 --since 7d  where an interface has been
      dualhome history --since 2h                        every move of the last two hours
      dualhome history --day 2026-11-22 -o csv           every move of a day
    """
)
@click.argument(
    "subject", metavar="[INSTANCE|INTERFACE]", required=False, type=INSTANCE_OR_INTERFACE
)
@click.option(
    "--since", type=Since(), metavar="AGE|TIME", help="Only later moves: 2h, 2026-11-22T14:30."
)
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Every move of a day."
)
@output_option
@pass_stack
def command(
    stack: Stack,
    *,
    subject: str | None,
    since: datetime | None,
    day: datetime | None,
    output: Format,
) -> None:
    """
    Show what happened, when, why, and what caused it; the oldest move first.

    Dates and times are UTC. A cause is what queued the reconcile request: a changed tag, a changed
    state of the instance, the sweep, or an operator. JSON and CSV have all that is recorded.
    Without an INSTANCE or INTERFACE, pauses and resumes stand among the moves.
    """
    if bool(subject or since) == bool(day):
        raise click.UsageError("give an INSTANCE or INTERFACE, or --since, or --day alone.")
    entries = _entries(stack, subject, since, day)
    columns = OF_ONE if subject and subject.startswith("i-") else OF_MANY
    show(
        map(transition_of, entries),
        columns,
        output,
        of=Transition,
        nothing=with_options(_nothing(subject, since), stack),
    )


def _entries(
    stack: Stack, subject: str | None, since: datetime | None, day: datetime | None
) -> Iterator[AuditEntry | PauseChange]:
    if subject:
        return moves_of(stack.audit_log, subject, since)
    if day:
        return stack.audit_log.of_day(day.date())
    since = since or stack.now()
    if (stack.now() - since).days > LONGEST.days:  # a whole day: the age was taken a moment ago
        raise click.UsageError(
            f"without an INSTANCE or INTERFACE, --since reaches back {LONGEST.days} days at most."
        )
    return moves_since(stack.audit_log, since, stack.now())


def _nothing(subject: str | None, since: datetime | None) -> str:
    if not subject:
        return "No move is recorded in that time."
    advice = (
        f"`dualhome status {subject}` shows its state"
        if subject.startswith("i-")
        else "check its id"
    )
    if not since:
        return f"No move of {subject} is recorded: {advice}."
    return f"No move of {subject} is recorded in that time: {advice}, or give another --since."
