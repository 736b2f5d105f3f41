"""`dualhome status`: attachments as they are now."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import click

from dualhome.domain.attachment import Attachment
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.states import State
from dualhome_cli.data.pauses import print_effect
from dualhome_cli.data.records import read_records
from dualhome_cli.data.unrecorded import unrecorded_of
from dualhome_cli.stack import Stack, pass_stack
from dualhome_cli.status.alternatives import Alternatives
from dualhome_cli.status.attachment_row import AttachmentRow, why
from dualhome_cli.status.question import Question, answer
from dualhome_cli.ui.output import Format, output_option, show
from dualhome_cli.ui.parameters import INSTANCE
from dualhome_cli.ui.shell_commands import with_options
from dualhome_cli.ui.table import Column
from dualhome_cli.ui.terminal import colour_of
from dualhome_cli.ui.times import print_age

WRONG_USAGE = 2


@click.command(
    epilog="""
    \b
    Examples:
      dualhome status                          every attachment that is not released
      dualhome status i-0123456789abcdef0      one instance, with reasons
      dualhome status --attention              what needs attention
      dualhome status --target mgmt -o csv     one target, for a spreadsheet

    Exit codes: 1 with --attention if something needs it; 2 if EC2 has no such instance.
    """
)
@click.argument("instances", metavar="[INSTANCE]...", nargs=-1, type=INSTANCE)
@click.option("--target", metavar="NAME", help="Only attachments to this target.")
@click.option("--state", type=click.Choice([it.value for it in State]), help="Only this state.")
@click.option("--attention", is_flag=True, help="Only what needs attention.")
@output_option
@pass_stack
@click.pass_context
def command(
    context: click.Context,
    stack: Stack,
    *,
    instances: tuple[InstanceId, ...],
    target: TargetName | None,
    state: str | None,
    attention: bool,
    output: Format,
) -> None:
    """
    Show what is attached where, since when, and what needs attention.

    An attachment needs attention if it waits, is refused, has failed or is stuck; if it has been
    moving for two minutes; if it stays although it is unwanted, or although its VPC has withdrawn
    its consent; and if its release is pending two minutes after it was due. With an INSTANCE, a
    target without a record needs attention, too. Without one, released attachments are not shown.
    """
    if state == State.RELEASED and not instances:
        raise click.UsageError("released attachments are listed by instance: name one.")
    _say([print_effect(stack.pause)] if stack.pause.paused else [], stack)
    named = tuple(dict.fromkeys(instances))
    question = Question(named, target, State(state) if state else None, attention)
    records: Iterable[Attachment] = read_records(stack, named, target)
    if named:
        records = list(records)
    counts: Counter[State] = Counter()
    others = Alternatives(stack.sources, stack.policy)
    rows = _counted(answer(records, question, stack.now(), others), stack, counts)
    shown = show(rows, _columns(stack.now()), output, of=AttachmentRow, nothing="")
    if output is Format.TABLE and shown > 1:
        click.echo(_summary(counts), err=True)
    absent = list(unrecorded_of(stack, _to_explain(question, records if named else ())))
    _say([it.why for it in absent] or ([] if shown else _nothing(question, stack)), stack)
    calls = shown > 0 or any(it.asked for it in absent)
    context.exit(WRONG_USAGE if any(it.unknown for it in absent) else int(attention and calls))


def _say(sentences: Iterable[str], stack: Stack) -> None:
    for it in sentences:
        click.echo(with_options(it, stack), err=True)


def _to_explain(
    question: Question, records: Iterable[Attachment]
) -> Mapping[InstanceId, Sequence[Attachment]]:
    """Return the instances without a record and, if attention is asked for, all that are named."""
    found: dict[InstanceId, list[Attachment]] = {it: [] for it in question.instances}
    for record in records:
        found[record.instance].append(record)
    return {it: some for it, some in found.items() if question.attention or not some}


def _counted(
    rows: Iterable[AttachmentRow], stack: Stack, counts: Counter[State]
) -> Iterator[AttachmentRow]:
    for row in rows:
        counts[row.state] += 1
        yield replace(
            row,
            advice=row.advice and with_options(row.advice, stack),
            particulars=with_options(row.particulars, stack),
            warning_advice=tuple(with_options(it, stack) for it in row.warning_advice),
        )


def _nothing(question: Question, stack: Stack) -> Iterator[str]:
    """Say what an empty table means."""
    filters = " ".join(
        f"--{name} {value}"
        for name, value in (("target", question.target), ("state", question.state))
        if value
    )
    every = replace(question, attention=False)
    if filters and not any(
        answer(read_records(stack, every.instances, every.target), every, stack.now())
    ):
        yield f"No record matches {filters}."
    elif question.attention:
        yield f"{'Nothing' if question.instances else 'No record'} needs attention."
    elif not (filters or question.instances):
        advice = f"tag an instance {stack.keys.targets}=NAME (`dualhome targets` lists the names)."
        yield f"There are no attachments: {advice}"


def _summary(counts: Counter[State]) -> str:
    parts = ", ".join(f"{counts[state]} {state}" for state in State if counts[state])
    return f"{counts.total()} attachments: {parts}"


def _columns(now: datetime) -> Sequence[Column[AttachmentRow]]:
    return (
        Column("Instance", lambda it: it.instance),
        Column("Target", lambda it: it.target),
        Column("State", lambda it: it.state, style=_style),
        Column("Interface", _interface),
        Column("Since", lambda it: print_age(now - it.since)),
        Column("Why", why, prose=True),
    )


def _interface(row: AttachmentRow) -> str:
    return f"{row.interface}@{row.device_index}" if row.interface else ""


def _style(row: AttachmentRow) -> str:
    return colour_of(row.state) or ("yellow" if row.needs_attention else "")
