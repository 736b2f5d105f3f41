"""What a plan for one instance rests on, and the decisions that a plan is made of."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Unpack, assert_never

from dualhome.domain.attachment import (
    Attachment,
    Cause,
    Changes,
    Move,
    OperatorAction,
    OperatorRequest,
    Why,
)
from dualhome.domain.ec2 import Capacity, DeviceSlot
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, VpcId, Zone
from dualhome.domain.observed import ObservedInstance, ObservedInterface, ObservedVpc
from dualhome.domain.planning.eligibility import Policy, Rejection
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State


class Wantedness(Enum):
    """How an attachment stands to what the instance's tags ask for."""

    WANTED = auto()
    INCOMPLETE = auto()
    """It is wanted, but not without another one, which cannot be had."""
    WITHDRAWN = auto()
    """It is wanted, but its VPC has taken its consent back, and the deployment heeds that."""
    UNWANTED = auto()
    LEFT_AS_IS = auto()
    """Nothing is attached and nothing released: the instance is excluded, or its tag malformed."""

    @property
    def wanted(self) -> bool:
        """Whether the tags name it where it is."""
        return self in {Wantedness.WANTED, Wantedness.INCOMPLETE, Wantedness.WITHDRAWN}


GOING = {
    Wantedness.UNWANTED: Reason.NOT_WANTED,
    Wantedness.INCOMPLETE: Reason.UNIT_INCOMPLETE,
    Wantedness.WITHDRAWN: Reason.CONSENT_WITHDRAWN,
}
"""What does not stay attached, and the reason for which it goes."""

RELEASING_REASONS = frozenset(GOING.values())
"""Why an attachment is released because of what tags ask for."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The attachment that holds an interface's claim."""

    instance: InstanceId
    target: TargetName


@dataclass(frozen=True, slots=True)
class Reserved:
    """Interfaces of a target and a zone that are reserved for an instance of this name or id."""

    target: TargetName
    zone: Zone
    name: str


@dataclass(frozen=True, slots=True)
class InstanceView:
    """
    All that a plan for one instance rests on.

    ``instance`` is None when EC2 does not show it, ``capacity`` when it does not describe the
    type. ``pool`` holds every interface of the targets that are wanted or held, whatever its
    status; ``claims`` says who holds them.
    ``cause`` is why the instance is reconciled, ``operator_requests`` what operators ask for by
    command. EC2 was read at ``read_at`` or after; records may be newer. ``refused_slots`` are those
    of which EC2 has said since that they are taken, although it shows them free.
    ``refused_now`` counts, for each target, the interfaces that EC2 has refused in this pass.
    ``sharing`` are the instances that the ledger knows to ask for a target, in a zone, under the
    Name that interfaces are reserved for.
    """

    id: InstanceId
    instance: ObservedInstance | None
    records: Mapping[TargetName, Attachment]
    pool: Mapping[InterfaceId, ObservedInterface]
    vpcs: Mapping[VpcId, ObservedVpc]
    claims: Mapping[InterfaceId, Holder]
    capacity: Capacity | None
    policy: Policy
    cause: Cause
    now: datetime
    read_at: datetime
    refused_slots: frozenset[DeviceSlot] = frozenset()
    operator_requests: tuple[OperatorRequest, ...] = ()
    refused_now: Mapping[TargetName, int] = field(default_factory=dict)
    sharing: Mapping[Reserved, AbstractSet[InstanceId]] = field(default_factory=dict)

    def asked(self, what: OperatorAction, target: TargetName) -> OperatorRequest | None:
        """Return the operator request of this kind for ``target``, if there is one."""
        about = (it for it in self.operator_requests if it.target in {None, target})
        return next((it for it in about if it.what is what), None)

    def move(self, record: Attachment, state: State, why: Why, **changes: Unpack[Changes]) -> Move:
        """Return the move of ``record`` to ``state``, now and for this view's cause."""
        return Move(record, record.to(state, self.now, self.cause, why, **changes))

    def move_target(
        self, target: TargetName, state: State, why: Why, **changes: Unpack[Changes]
    ) -> Move:
        """Return the move of the record of ``target``, or the one that makes its first record."""
        before, holder = self.records.get(target), (self.id, target)
        return Move.of(before, holder, state, self.now, self.cause, why=why, **changes)


@dataclass(frozen=True, slots=True)
class Terms:
    """
    On what terms a plan may end attachments.

    ``confirmed`` is None over a first reading; over a second one, which asks by id, it names the
    targets whose end the first one gives. Without ``admitted`` the release breaker lets nothing
    that is attached be released because of what the tags ask for. ``lacking`` says what the
    instance's unit cannot have, if anything.
    """

    confirmed: frozenset[TargetName] | None = None
    admitted: bool = True
    lacking: str = ""

    def may_end(self, target: TargetName) -> bool:
        """Return whether this reading may end what ``target`` holds, as far as others agree."""
        return self.confirmed is None or target in self.confirmed


class Next(Enum):
    """What follows a move that is written."""

    REST = auto()
    POLL = auto()
    """Something is on its way: the instance is reconciled again in a while."""
    PLAN_AGAIN = auto()
    """The move has freed the target for another plan at once."""


class _OfMove:
    __slots__ = ()
    move: Move

    @property
    def target(self) -> TargetName:
        """The target that is decided about."""
        return self.move.after.target


class _OfRecord:
    __slots__ = ()
    record: Attachment

    @property
    def target(self) -> TargetName:
        """The target that is decided about."""
        return self.record.target


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The record says already what there is to say; ``rejections`` explain why not more."""

    target: TargetName
    rejections: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is written; the instance is reconciled again in a while, or else ``at`` a time."""

    target: TargetName
    at: datetime | None = None
    rejections: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class Write(_OfMove):
    """``move`` is written, and no more; at the time ``then`` the instance is reconciled again."""

    move: Move
    then: Next | datetime = Next.REST
    rejections: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class End(_OfMove):
    """``move`` ends a record because of what was read: a second reading must agree."""

    move: Move
    plan_again: bool = False


@dataclass(frozen=True, slots=True)
class Claim(_OfMove):
    """``move`` claims an interface, then EC2 is asked to attach it."""

    move: Move
    rejections: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class Reattach(_OfRecord):
    """EC2 is asked again to attach what ``record`` claims."""

    record: Attachment


@dataclass(frozen=True, slots=True)
class Release(_OfMove):
    """
    ``move`` begins a release, then its rollback is started.

    Unless an operator has ``asked`` for it, it rests on what was read: a second reading must agree.
    """

    move: Move
    asked: bool = False

    @property
    def by_tags(self) -> bool:
        """Whether an interface is released because of what the tags ask for."""
        return self.move.after.reason in RELEASING_REASONS


@dataclass(frozen=True, slots=True)
class ResumeRelease(_OfRecord):
    """The rollback of ``record`` is started again, in case its start was lost."""

    record: Attachment


Acquisition = Unchanged | Wait | Write | Claim
"""What may be decided about a wanted target that holds nothing."""

Decision = Acquisition | End | Reattach | Release | ResumeRelease
"""What is decided about one target: carried out by ``application.reconcile``."""


def move_of(decision: Decision) -> Move | None:
    """Return the move that ``decision`` writes first, if it writes one."""
    match decision:
        case Write(move=move) | End(move=move) | Claim(move=move) | Release(move=move):
            return move
        case Unchanged() | Wait() | Reattach() | ResumeRelease():
            return None
        case _:
            assert_never(decision)


def rejections_of(decision: Decision) -> tuple[Rejection, ...]:
    """Return each interface that was skipped for ``decision``, and why."""
    match decision:
        case Unchanged() | Wait() | Write() | Claim():
            return decision.rejections
        case End() | Reattach() | Release() | ResumeRelease():
            return ()
        case _:
            assert_never(decision)


def plans_again(decision: Decision) -> bool:
    """Return whether another plan follows at once, if ``decision`` is carried out."""
    match decision:
        case Write(then=then):
            return then is Next.PLAN_AGAIN
        case End(plan_again=plan_again):
            return plan_again
        case _:
            return False
