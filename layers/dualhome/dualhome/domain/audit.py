"""The past: one entry for each move, never changed."""

from dataclasses import dataclass
from datetime import datetime

from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.identifiers import AccountId
from dualhome.domain.states import State


@dataclass(frozen=True, slots=True)
class Trace:
    """Which run made a move; ``request_id`` is Lambda's."""

    account: AccountId
    region: str
    request_id: str
    execution_arn: str | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One move of one attachment. ``id`` is a ULID: entries sort by time, then by id."""

    id: str
    move: Move
    trace: Trace

    @property
    def after(self) -> Attachment:
        """The record as the move left it."""
        return self.move.after

    @property
    def at(self) -> datetime:
        """When the move was made."""
        return self.move.after.written_at

    @property
    def held(self) -> Attachment | None:
        """The record that owns an interface: as the move left it or, if it gave it up, before."""
        records = (self.move.after, self.move.before)
        return next((it for it in records if it is not None and it.holding), None)

    @property
    def seconds_to_attached(self) -> float | None:
        """
        Seconds from the event that asked to the attachment seen; None for other moves.

        Never below zero, although the two are of different clocks: CloudWatch has no percentile of
        a time range with a negative value (CloudWatch API Reference, GetMetricStatistics).
        """
        after = self.after
        already = self.move.from_state == State.ATTACHED
        if already or after.state != State.ATTACHED or after.requested_at is None:
            return None
        return max(0.0, (after.since - after.requested_at).total_seconds())


@dataclass(frozen=True, slots=True)
class UnreadableAudit:
    """The keys of an item of the audit table that holds no entry, and ``why`` it does not."""

    pk: str
    sk: str
    why: str
