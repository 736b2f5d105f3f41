"""What a plan for one instance rests on, and the steps that a plan is made of."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Any

from dualhome.domain.attachment import Attachment, Cause, Move, OperatorAction, OperatorRequest
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
    HANDS_OFF = auto()
    """Nothing is attached and nothing let go: the instance is ignored, or its tag malformed."""

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
    """Who holds an interface's claim."""

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
    of which EC2 has said since that they are taken, although it shows them free. ``lacking`` says
    what the instance's unit cannot have, if anything. With ``releases_held`` nothing that is
    attached is released because of what the tags ask for. ``first_reading`` is None in the first
    reading; in the second, which asks by id, it names the targets whose end the first one gives.
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
    lacking: str = ""
    releases_held: bool = False
    first_reading: frozenset[TargetName] | None = None
    refused_now: Mapping[TargetName, int] = field(default_factory=dict)
    sharing: Mapping[Reserved, AbstractSet[InstanceId]] = field(default_factory=dict)

    def may_end(self, target: TargetName) -> bool:
        """Return whether this reading may end what ``target`` holds, as far as others agree."""
        return self.first_reading is None or target in self.first_reading

    def asked(self, what: OperatorAction, target: TargetName) -> OperatorRequest | None:
        """Return the ask of this kind for ``target``, if there is one."""
        about = (ask for ask in self.operator_requests if ask.target in {None, target})
        return next((ask for ask in about if ask.what is what), None)

    def move(self, record: Attachment, state: State, **changes: Any) -> Move:
        """Return the move of ``record`` to ``state``, now and for this view's cause."""
        return Move(record, record.to(state, self.now, self.cause, **changes))

    def first_move(self, target: TargetName, state: State, **fields: Any) -> Move:
        """Return the move that makes the first record of a target."""
        first = Attachment(
            instance=self.id,
            target=target,
            state=state,
            since=self.now,
            cause=self.cause,
            attempt=int(state is State.CLAIMED),
            **fields,
        )
        return Move(None, first)


@dataclass(frozen=True, slots=True)
class Step:
    """
    What to do about one target.

    ``move`` goes into the ledger first. Then, if ``attach``, EC2 is asked to make the record
    true; if ``undo``, a rollback is started that takes it back. ``requeue``: something is
    still on its way, so look once more in a while; ``requeue_at``: look once more then.
    ``confirm``: what is held ends because of what was read, so a second reading must agree.
    ``plan_again``: the move has freed the target for another plan at once.
    ``rejections`` explains a choice: each interface that was passed over, and why.
    """

    target: TargetName
    move: Move | None = None
    attach: Attachment | None = None
    undo: Attachment | None = None
    requeue: bool = False
    plan_again: bool = False
    requeue_at: datetime | None = None
    confirm: bool = False
    rejections: tuple[Rejection, ...] = field(default=())

    @property
    def releases(self) -> bool:
        """Whether this begins to take an interface away because of what the tags ask for."""
        if self.undo is None or self.move is None:
            return False
        return self.move.after.reason in RELEASING_REASONS
