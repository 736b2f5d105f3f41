"""How an instance comes by an interface for a target: adopt, claim, wait or be refused."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Unpack

from dualhome.domain.attachment import (
    UNEXPLAINED,
    Attachment,
    Changes,
    Move,
    OperatorAction,
    Origin,
    Why,
    on,
)
from dualhome.domain.ec2 import AttachmentStatus, DeviceSlot, SeenAttachment
from dualhome.domain.errors import BadTagError, NoFreeSlotError, PinTakenError
from dualhome.domain.identifiers import InterfaceId, TargetName
from dualhome.domain.observed import ObservedInstance, another
from dualhome.domain.planning.eligibility import (
    PAIR_RULES,
    Candidate,
    Rejection,
    overlapping_cidrs,
    why_ineligible,
    why_not_served,
)
from dualhome.domain.planning.observe import warned_of
from dualhome.domain.planning.select import (
    Choice,
    choose_interface,
    choose_slot,
    principal_rejection,
    zones_with,
)
from dualhome.domain.planning.types import (
    Acquisition,
    Claim,
    Holder,
    InstanceView,
    Next,
    Reserved,
    Unchanged,
    Wait,
    Write,
    move_of,
)
from dualhome.domain.reasons import Reason, state_for
from dualhome.domain.refusals import ATTACHES, REMEMBERED, in_force
from dualhome.domain.states import State
from dualhome.domain.tags import Wanted


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A wanted target that holds nothing now; ``taken`` are the slots it may not have."""

    view: InstanceView
    instance: ObservedInstance
    want: Wanted
    taken: frozenset[DeviceSlot]

    @property
    def target(self) -> TargetName:
        """The target that is wanted."""
        return self.want.target

    @property
    def record(self) -> Attachment | None:
        """What is recorded of it."""
        return self.view.records.get(self.want.target)

    def move(self, state: State, why: Why, **changes: Unpack[Changes]) -> Move:
        """Return the move of this target's record to ``state``."""
        view, holder = self.view, (self.view.id, self.target)
        changes |= {"pin": self.want.index, "zone": self.instance.zone}
        return Move.of(self.record, holder, state, view.now, view.cause, why=why, **changes)


def acquire(vacancy: Vacancy) -> Acquisition | None:
    """Decide how ``vacancy`` is filled: adopt, claim, wait or refuse; None leaves it as it is."""
    view, record = vacancy.view, vacancy.record
    candidates = _candidates(vacancy)
    choice = _choose(vacancy, candidates.values())
    later = _retries_later(vacancy)
    decision: Acquisition | None
    if vacancy.instance.operator_managed:
        detail = f"{vacancy.instance.id} is managed by an operator"
        decision = _decline(vacancy, Why(Reason.INSTANCE_UNUSABLE, detail))
    elif adopted := _adopt(vacancy, candidates):
        decision = adopted
    elif view.policy.paused:
        left = later or (record and record.state == State.FAILED)
        why = Why(Reason.PAUSED, view.policy.pause.detail)
        decision = None if left else _decline(vacancy, why)
    elif later and not _may_try_another(vacancy, choice):
        decision = None
    elif later and view.refused_now.get(vacancy.target, 0) >= ATTACHES:
        decision = Wait(vacancy.target)
    elif choice.interface is None:
        reservation = _reservation(vacancy, candidates.values())
        why = _why_none(vacancy, candidates, choice)
        decision = _decline(vacancy, why, choice.rejections, reservation)
    else:
        decision = _claim(vacancy, candidates[choice.interface.id], choice.rejections)
    return decision


def _choose(vacancy: Vacancy, candidates: Iterable[Candidate]) -> Choice:
    """Choose among ``candidates``: the interface held before comes first, refused ones last."""
    record = vacancy.record
    refused = _refused(vacancy)
    if record is None:
        return choose_interface(candidates, None, refused)
    if record.failed_on_interface:
        return choose_interface(candidates, None, refused, beyond=record.interface)
    return choose_interface(candidates, record.interface, refused)


def _refused(vacancy: Vacancy) -> Mapping[InterfaceId, datetime]:
    return in_force(vacancy.record.refusals, vacancy.view.now) if vacancy.record else {}


def _retries_later(vacancy: Vacancy) -> bool:
    """What EC2 refused waits for its time, unless the tag has changed, or an operator asks."""
    record = vacancy.record
    return (
        record is not None
        and not vacancy.view.asked(OperatorAction.RETRY, record.target)
        and record.pin == vacancy.want.index
        and record.retry_at is not None
        and vacancy.view.now < record.retry_at
    )


def _may_try_another(vacancy: Vacancy, choice: Choice) -> bool:
    """
    Whether EC2 has refused the interface, and there is one that it has not refused.

    With as many refusals as a record keeps, an end to trying others would never come.
    """
    refused = _refused(vacancy)
    return (
        vacancy.record is not None
        and vacancy.record.failed_on_interface
        and choice.interface is not None
        and choice.interface.id not in refused
        and len(refused) < REMEMBERED
    )


def _candidates(vacancy: Vacancy) -> dict[InterfaceId, Candidate]:
    view, target = vacancy.view, vacancy.target
    mine = Holder(view.id, target)
    return {
        interface.id: Candidate(
            interface=interface,
            instance=vacancy.instance,
            target=target,
            vpcs=view.vpcs,
            policy=view.policy,
            claimed=(holder := view.claims.get(interface.id, mine)) != mine,
            claimed_by=holder.instance,
        )
        for interface in view.pool.values()
        if interface.target == target
    }


def _adopt(vacancy: Vacancy, candidates: dict[InterfaceId, Candidate]) -> Write | Wait | None:
    """Take over an interface that others attached where the reconciler would have."""
    for seen, candidate in _attached_already(vacancy, candidates):
        if seen.status != AttachmentStatus.ATTACHED:
            return Wait(vacancy.target)
        changes: Changes = {
            "origin": Origin.ADOPTED,
            "slot": seen.slot,
            "attachment_id": seen.id,
            "warnings": warned_of(_warnings(candidate), seen),
            "requested_at": vacancy.view.cause.time,
        }
        changes |= on(candidate.interface) | _reservation(vacancy, [candidate])
        return Write(vacancy.move(State.ATTACHED, UNEXPLAINED, **changes))
    return None


def _attached_already(
    vacancy: Vacancy, candidates: dict[InterfaceId, Candidate]
) -> Iterator[tuple[SeenAttachment, Candidate]]:
    held = {record.slot for record in vacancy.view.records.values() if record.holding}
    for seen in sorted(vacancy.instance.attachments, key=lambda seen: seen.slot):
        candidate = candidates.get(seen.interface)
        if candidate is None or candidate.claimed or why_ineligible(candidate, PAIR_RULES):
            continue
        if seen.slot in held:  # by a record that is moving, or that an operator must see to
            continue
        if vacancy.want.accepts(seen.slot.index):
            yield seen, candidate


def _claim(vacancy: Vacancy, chosen: Candidate, rejections: tuple[Rejection, ...]) -> Acquisition:
    view, reservation = vacancy.view, _reservation(vacancy, [chosen])
    preference = chosen.vpc.device_index if chosen.vpc else None
    if isinstance(preference, BadTagError):  # a rule of eligibility has kept it out
        raise preference
    if view.capacity is None:  # which is no limit: nothing is known of it
        why = Why(Reason.TYPE_UNKNOWN, f"EC2 does not describe {vacancy.instance.type}")
        declined = _decline(vacancy, why, rejections)
        return Wait(vacancy.target, rejections=rejections) if not move_of(declined) else declined
    try:
        slot = choose_slot(vacancy.taken, view.capacity, vacancy.want.index, preference)
    except PinTakenError as error:
        return _decline(vacancy, Why(Reason.INDEX_TAKEN, error.message), rejections, reservation)
    except NoFreeSlotError as error:
        why = Why(Reason.INSTANCE_LIMIT, f"{vacancy.instance.type}: {error.message}")
        return _decline(vacancy, why, rejections, reservation)
    changes: Changes = {
        "origin": Origin.POOL,
        "slot": slot,
        "attachment_id": None,
        "warnings": _warnings(chosen),
        "requested_at": view.cause.time,
    }
    changes |= on(chosen.interface) | reservation
    return Claim(vacancy.move(State.CLAIMED, UNEXPLAINED, **changes), rejections)


def _reservation(vacancy: Vacancy, candidates: Iterable[Candidate]) -> Changes:
    """Return what a record says of the reservation of one of ``candidates``, if one has any."""
    instance = vacancy.instance
    names = {own.interface.reservation for own in candidates if own.reserved}
    if not names:
        return {"reservation": None, "sharing": 0}
    name = min(names, key=lambda name: (name != instance.id, name))
    known = vacancy.view.sharing.get(Reserved(vacancy.target, instance.zone, name), frozenset())
    sharing = len({instance.id, *known}) if name != instance.id else 0
    return {"reservation": name, "sharing": sharing}


def _decline(
    vacancy: Vacancy,
    why: Why,
    rejections: tuple[Rejection, ...] = (),
    reservation: Changes | None = None,
) -> Unchanged | Write:
    """Record that the target cannot be had because of ``why``, unless the record says so."""
    if why.reason is None:
        raise ValueError(f"{vacancy.target}: declined without a reason")
    state, record = state_for(why.reason), vacancy.record
    # What waits has a detail that changes with every other attachment: no move for that, unless
    # it names the one who holds what is reserved, or tells a pause from one that cannot be read.
    with_detail = {Reason.RESERVED_IN_USE, Reason.PAUSED}
    settled = state == State.WAITING and why.reason not in with_detail
    now = (state, why.reason, vacancy.want.index)
    same = record and (record.state, record.reason, record.pin) == now
    if record and same and (settled or record.detail == why.detail):
        return Unchanged(vacancy.target, rejections)
    # What EC2 has refused is remembered until something else is claimed: units ask for it.
    failure = record.failure if record and record.state == state == State.WAITING else None
    move = vacancy.move(state, replace(why, failure=failure), **(reservation or {}))
    # Capacity that comes while this is written requeues no record: reconcile once more.
    return Write(move, Next.POLL, rejections)


def _why_none(vacancy: Vacancy, candidates: dict[InterfaceId, Candidate], choice: Choice) -> Why:
    target, zone = vacancy.target, vacancy.instance.zone
    principal = principal_rejection(choice.rejections)
    if principal is None:
        return _why_no_pool(vacancy)
    if principal.reason is Reason.NO_INTERFACE_IN_ZONE:
        zones = zones_with((it.interface for it in candidates.values()), choice.rejections)
        if zone in zones:  # the same name, but another zone by its id
            return Why(principal.reason, f"{principal.interface}: {principal.detail}")
        none = f"no interface for {target} in {zone}"
        return Why(principal.reason, f"{none}; zones that have some: {', '.join(zones)}")
    one = f"{principal.interface}: {principal.detail}"
    alike = sum((it.reason, it.rank >= 0) == (principal.reason, True) for it in choice.rejections)
    if alike == 1:
        return Why(principal.reason, one)
    # Not how many there are in all: the record would be written anew, and lose its place in line,
    # whenever the pool gains or loses an interface that has nothing to do with this reason.
    text = f"{alike} interfaces of {target} in {zone} (for example {one})"
    return Why(principal.reason, text)


def _why_no_pool(vacancy: Vacancy) -> Why:
    """
    No interface is tagged for the target: say what its VPCs lack, one of ours first.

    An interface that no instance may have would be created in vain: then what forbids it is why.
    """
    view, target = vacancy.view, vacancy.target
    policy, keys = view.policy, view.policy.keys
    named = [vpc for _, vpc in sorted(view.vpcs.items()) if target in vpc.mentions]
    faults = [fault for vpc in named if (fault := why_not_served(vpc, target, policy))]
    if not named:
        return Why(Reason.NO_TARGET, f"no VPC is tagged {keys.target}={target}")
    if len(faults) == len(named):
        return Why(*min(faults, key=lambda fault: fault[0] is Reason.ACCOUNT_MISMATCH))
    serving = [vpc.id for vpc in named if not why_not_served(vpc, target, policy)]
    new = [another(target, vpc, vacancy.instance.zone, policy.account) for vpc in serving]
    would_be = [Candidate(one, vacancy.instance, target, view.vpcs, policy) for one in new]
    verdicts = [why_ineligible(one, PAIR_RULES) for one in would_be]
    forbidden = [verdict for verdict in verdicts if verdict]
    principal = principal_rejection(forbidden)
    if principal and len(forbidden) == len(would_be):
        return Why(principal.reason, principal.detail)
    return Why(Reason.NO_INTERFACE_IN_ZONE, f"no interface is tagged {keys.pool}={target}")


def _warnings(chosen: Candidate) -> tuple[Reason, ...]:
    """What the operator should know although the attachment goes ahead."""
    facts = {
        Reason.OVERLAPPING_CIDR: bool(overlapping_cidrs(chosen)),
        # EC2 User Guide, "Elastic network interfaces": not replaced at the next start.
        Reason.PUBLIC_IPV4: chosen.instance.automatic_public_ip,
    }
    return tuple(reason for reason, so in facts.items() if so)
