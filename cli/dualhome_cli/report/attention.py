"""Attachments that need attention: alike ones together, the worst first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from dualhome.domain.reasons import Reason
from dualhome_cli.report.data import Facts
from dualhome_cli.report.marks import OF_STATE, WORST_FIRST, Mark
from dualhome_cli.report.text import name_of
from dualhome_cli.status.attachment_row import AttachmentRow, attention_reason

SHOWN = 4
"""Of each group; the others stand in the table of all attachments."""


@dataclass(frozen=True, slots=True)
class Case:
    """One attachment that needs attention, and what is known of it."""

    name: str
    row: AttachmentRow
    said: str


@dataclass(frozen=True, slots=True)
class Group:
    """Those in one state for one reason; ``cases`` are the first of ``count``, the oldest first."""

    mark: Mark
    state: str
    reason: Reason | None
    count: int
    cases: tuple[Case, ...]

    @property
    def query(self) -> str:
        """The words that find them in the table."""
        return f"{self.state} {self.reason or ''}".strip()


def groups_of(facts: Facts) -> tuple[Group, ...]:
    """Return all that needs attention, in groups."""
    found: dict[tuple[str, Reason | None], list[AttachmentRow]] = defaultdict(list)
    for it in facts.rows:
        if it.needs_attention:
            found[it.state, attention_reason(it)].append(it)
    groups = [_group(facts, some) for some in found.values()]
    return tuple(sorted(groups, key=lambda it: (WORST_FIRST.index(it.mark), -it.count, it.query)))


def said_of(row: AttachmentRow) -> str:
    """Return detail and AWS's own words, each once, and what else there is, without the advice."""
    error = f"{row.error_code}: {row.error_message}" if row.error_code else ""
    detail = "" if row.detail in error else row.detail
    return ". ".join(part.rstrip(".") for part in (detail, error, row.particulars) if part)


def _group(facts: Facts, some: Sequence[AttachmentRow]) -> Group:
    first, *_ = ordered = sorted(some, key=lambda it: (it.since, it.instance))
    instances = facts.account.instances
    return Group(
        mark=OF_STATE[first.state],
        state=first.state.value,
        reason=attention_reason(first),
        count=len(some),
        cases=tuple(
            Case(name_of(instances.get(it.instance)), it, said_of(it)) for it in ordered[:SHOWN]
        ),
    )
