"""What an operator asks `dualhome status`, and the rows that answer it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dualhome.domain.attachment import Attachment
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.states import SETTLED, State
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
        """Return whether ``row`` is part of the answer."""
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
    """Yield the rows asked for of ``records``, as they are read; with ``others``, what is free."""
    for record in records:
        row = row_of(record, now)
        if question.asks_for(row):
            free = others.of(record, now) if others and _needs_others(row) else None
            yield replace(row, others_free=free)


def _needs_others(row: AttachmentRow) -> bool:
    return bool(row.refusals) and row.state not in SETTLED
