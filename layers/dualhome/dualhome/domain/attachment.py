"""The record of an attachment (instance x target), a move to the next one, its audit entry."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self, TypedDict, Unpack

from dualhome.domain.ec2 import DeviceSlot, InterfaceDescription
from dualhome.domain.identifiers import (
    AccountId,
    AttachmentId,
    InstanceId,
    InterfaceId,
    SubnetId,
    TargetName,
    VpcId,
    Zone,
)
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import Refusal
from dualhome.domain.states import HOLDING, SETTLED, State, check_move


class OperatorAction(StrEnum):
    """The kinds of operator requests."""

    RETRY = "retry"
    """Try now what has failed, and release anew what is stuck."""
    RELEASE = "release"
    """Release what is held, wanted or not; what is still wanted is attached again afterwards."""


@dataclass(frozen=True, slots=True)
class OperatorRequest:
    """One request; without ``target`` for every target. ``force`` the detach of a release."""

    what: OperatorAction
    target: TargetName | None = None
    force: bool = False


class Origin(StrEnum):
    """How we came by the interface."""

    POOL = "pool"
    ADOPTED = "adopted"


@dataclass(frozen=True, slots=True)
class Cause:
    """
    The event that led to a reconciliation; ``time`` is the event's own, to the second.

    ``resource`` is the id of the one whose tags changed, which need not be the instance's;
    ``principal`` is the ARN of the operator who used the command; events do not name theirs.
    """

    event_id: str
    source: str
    detail_type: str
    time: datetime
    tag_version: int | None = None
    resource: str | None = None
    principal: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as AWS, or we, first said it."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why a record is in its state; ``failure`` is the error that led there, if one did."""

    reason: Reason | None = None
    detail: str = ""
    failure: Failure | None = None


UNEXPLAINED = Why()
"""What goes its ordinary way needs no reason."""


@dataclass(frozen=True, slots=True)
class PendingRelease:
    """A release for ``reason``: at ``due`` a second reading of EC2 confirms it, or ends it."""

    reason: Reason
    due: datetime


class Changes(TypedDict, total=False):
    """What a move may change of a record beside its state, and why it is in that."""

    warnings: tuple[Reason, ...]
    pin: int | None
    origin: Origin
    interface: InterfaceId | None
    vpc: VpcId | None
    subnet: SubnetId | None
    zone: Zone | None
    slot: DeviceSlot | None
    attachment_id: AttachmentId | None
    requested_at: datetime | None
    retry_at: datetime | None
    force_detach: bool
    pending: PendingRelease | None
    detaches: tuple[datetime, ...]
    contests: int
    refusals: tuple[Refusal, ...]
    reservation: str | None
    sharing: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """
    One attachment's present.

    ``interface`` and what describes it outlive the claim: a released interface is tried
    first the next time. ``zone`` is the instance's. ``since`` is when the state was entered,
    ``noted_at`` when an ``attached`` record was last written without leaving that state,
    ``requested_at`` the time of the event that led to the latest claim. ``version`` counts writes,
    from 1; ``attempt`` counts claims, from 1 again after an end that was reached, attached or
    released. ``force_detach``: an operator wants the detach forced, whatever the guest does with
    the interface. ``detaches`` are the times at which others detached what was attached, as far as
    they count towards a contest, ``contests`` how many contests there were in a row.
    ``refusals`` are the interfaces that EC2 has refused here, the latest last.
    ``reservation`` is the tag's value, an instance id or a Name, by which the interface is reserved
    for this instance, or the one that is waited for; ``sharing`` counts the instances that ask for
    the target in this zone under that Name, as far as known at the last claim or refusal, this one
    included; 0 if it is reserved by id, or not at all.
    """

    instance: InstanceId
    target: TargetName
    state: State
    since: datetime
    cause: Cause
    version: int = 1
    attempt: int = 0
    reason: Reason | None = None
    detail: str = ""
    warnings: tuple[Reason, ...] = ()
    pin: int | None = None
    origin: Origin = Origin.POOL
    interface: InterfaceId | None = None
    vpc: VpcId | None = None
    subnet: SubnetId | None = None
    zone: Zone | None = None
    slot: DeviceSlot | None = None
    attachment_id: AttachmentId | None = None
    failure: Failure | None = None
    requested_at: datetime | None = None
    retry_at: datetime | None = None
    force_detach: bool = False
    noted_at: datetime | None = None
    pending: PendingRelease | None = None
    detaches: tuple[datetime, ...] = ()
    contests: int = 0
    refusals: tuple[Refusal, ...] = ()
    reservation: str | None = None
    sharing: int = 0

    @property
    def written_at(self) -> datetime:
        """When this version of the record was written."""
        return self.noted_at or self.since

    @property
    def failed_on_interface(self) -> bool:
        """Whether what failed is the interface held last: EC2 may accept another one."""
        latest = (self.interface, self.failure.code if self.failure else None)
        return self.state is State.FAILED and latest in {
            (it.interface, it.code) for it in self.refusals
        }

    @property
    def holding(self) -> bool:
        """Whether this record owns its interface's claim and its instance's slot."""
        return self.state in HOLDING

    @property
    def why(self) -> Why:
        """Why the record is in its state."""
        return Why(self.reason, self.detail, self.failure)

    def to(
        self,
        state: State,
        now: datetime,
        cause: Cause,
        why: Why = UNEXPLAINED,
        **changes: Unpack[Changes],
    ) -> Self:
        """
        Return the record's successor in ``state``.

        Reason, detail, warnings and failure do not carry over: each state says why by itself.
        An ``attached`` record that stays so is as old as before.
        """
        noted = self.state is state is State.ATTACHED
        attempt = 0 if self.state in SETTLED and state is not self.state else self.attempt
        left: Changes = {
            "warnings": (),
            "retry_at": None,
            "force_detach": False,
            "pending": None,
        }
        return replace(
            self,
            state=state,
            since=self.since if noted else now,
            noted_at=now if noted else None,
            cause=cause,
            version=self.version + 1,
            attempt=attempt + (state is State.CLAIMED and self.state is not State.CLAIMED),
            reason=why.reason,
            detail=why.detail,
            failure=why.failure,
            **(left | changes),
        )


def on(interface: InterfaceDescription) -> Changes:
    """Return the fields of a record that ``interface`` decides."""
    return {"interface": interface.id, "vpc": interface.vpc, "subnet": interface.subnet}


@dataclass(frozen=True, slots=True)
class Move:
    """
    A legal step of one attachment; ``before`` is None for its first record.

    Raises:
        IllegalMoveError: ``after`` may not follow ``before``.
    """

    before: Attachment | None
    after: Attachment

    @classmethod
    def of(
        cls,
        before: Attachment | None,
        holder: tuple[InstanceId, TargetName],
        state: State,
        now: datetime,
        cause: Cause,
        *,
        why: Why,
        **changes: Unpack[Changes],
    ) -> Self:
        """Return the move of ``before`` to ``state``, or the one that makes the first record."""
        if before:
            return cls(before, before.to(state, now, cause, why, **changes))
        first = Attachment(
            *holder,
            state,
            now,
            cause,
            attempt=int(state is State.CLAIMED),
            reason=why.reason,
            detail=why.detail,
            failure=why.failure,
            **changes,
        )
        return cls(None, first)

    def __post_init__(self) -> None:
        check_move(self.before.state if self.before else None, self.after.state)

    @property
    def from_state(self) -> State | None:
        """The state that is left."""
        return self.before.state if self.before else None


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
