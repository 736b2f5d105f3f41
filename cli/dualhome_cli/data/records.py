"""Records, page by page, and which of them a question is about."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dualhome.application.ports import Ledger
from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import target_of
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.states import SETTLED, State
from dualhome_cli.stack import Stack
from dualhome_cli.status.alternatives import Alternatives
from dualhome_cli.status.attachment_row import AttachmentRow, row_of


@dataclass(frozen=True, slots=True)
class Question:
    """What an operator wants to see; without ``instances``, all that is not released."""

    instances: Sequence[InstanceId] = ()
    target: TargetName | None = None
    state: State | None = None
    attention: bool = False

    def asks_for(self, row: AttachmentRow) -> bool:
        """Say whether ``row`` is part of the answer."""
        return (
            self.target in {None, row.target}
            and self.state in {None, row.state}
            and (row.needs_attention or not self.attention)
        )


def answer(
    records: Iterable[Attachment],
    question: Question,
    now: datetime,
    others: Alternatives | None = None,
) -> Iterator[AttachmentRow]:
    """Yield what is asked for of ``records``, as it is read; with ``others``, what else is free."""
    for record in records:
        it = row_of(record, now)
        if question.asks_for(it):
            free = others.of(record, now) if others and _needs_others(it) else None
            yield replace(it, others_free=free)


def _needs_others(row: AttachmentRow) -> bool:
    return bool(row.refusals) and row.state not in SETTLED


def read_records(stack: Stack, question: Question) -> Iterator[Attachment]:
    """Yield the records that an answer may need: of instances, of a target, or all."""
    if question.instances:
        return _records_of(stack.ledger, question.instances)
    targets = [question.target] if question.target else known_targets(stack)
    return (record for target in targets for record in stack.ledger.unreleased(target))


def known_targets(stack: Stack) -> list[TargetName]:
    """
    Return every target that records may be of, by name; no table is read whole for it.

    VPCs serve most; a target that no VPC serves has unsettled records; and the sweep's checkpoint
    has the targets of what is attached to a VPC that has lost its tag.
    """
    vpcs = stack.sources.vpcs.describe().values()
    served = {target for it in vpcs if (target := target_of(it, stack.keys))}
    asked = {record.target for record in stack.ledger.unsettled()}
    return sorted(asked | stack.swept_targets() | served)


def _records_of(ledger: Ledger, instances: Iterable[InstanceId]) -> Iterator[Attachment]:
    """Yield every record of ``instances``, the released too, in the order asked."""
    for instance in instances:
        found = ledger.records([instance])[instance]
        yield from (found[target] for target in sorted(found))
