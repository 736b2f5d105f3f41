"""How an instance comes by an interface for a target: adopt, claim, wait or be refused."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from dualhome.domain.attachment import Attachment, OperatorAction, Origin, on
from dualhome.domain.ec2 import (
    AttachmentStatus,
    DeviceSlot,
    SeenAttachment,
)
from dualhome.domain.errors import BadTagError, NoFreeSlotError, PinTakenError
from dualhome.domain.identifiers import InterfaceId
from dualhome.domain.observed import ObservedInstance, another
from dualhome.domain.planning.contest import warned_of
from dualhome.domain.planning.eligibility import (
    PAIR_RULES,
    Candidate,
    overlapping_cidrs,
    why_ineligible,
    why_not_served,
)
from dualhome.domain.planning.select import (
    Choice,
    choose_interface,
    choose_slot,
    principal_rejection,
    zones_with,
)
from dualhome.domain.planning.types import Holder, InstanceView, Reserved, Step
from dualhome.domain.reasons import Reason, state_for
from dualhome.domain.refusals import ATTACHES, REMEMBERED, in_force
from dualhome.domain.states import State
from dualhome.domain.tags import Wanted


@dataclass(frozen=True, slots=True)
class Request:
    """A wanted target that holds nothing now; ``taken`` are the slots it may not have."""

    view: InstanceView
    instance: ObservedInstance
    want: Wanted
    record: Attachment | None
    taken: frozenset[DeviceSlot]

    def step(self, state: State, **fields: Any) -> Step:
        """Return the step that moves this target's record to ``state``."""
        fields |= {"pin": self.want.index, "zone": self.instance.zone}
        if self.record is None:
            move = self.view.first_move(self.want.target, state, **fields)
        else:
            move = self.view.move(self.record, state, **fields)
        return Step(self.want.target, move=move)


def acquire(it: Request) -> Step | None:
    """Plan ``it``; None leaves things as they are."""
    if it.instance.operator_managed:
        return _decline(it, Reason.INSTANCE_UNUSABLE, f"{it.instance.id} is managed by an operator")
    candidates = _candidates(it)
    if step := _adopt(it, candidates):
        return step
    refused = in_force(it.record.refusals, it.view.now) if it.record else {}
    last = it.record.interface if it.record else None
    failed = it.record is not None and it.record.failed_on_interface
    held_before, beyond = (None, last) if failed else (last, None)
    choice = choose_interface(candidates.values(), held_before, refused, beyond)
    later = _retries_later(it)
    if it.view.policy.paused:
        left = later or (it.record and it.record.state == State.FAILED)
        detail = "nothing is attached while the stack is paused"
        return None if left else _decline(it, Reason.PAUSED, detail)
    if later and not _may_try_another(it, choice, refused):
        return None
    if later and it.view.refused_now.get(it.want.target, 0) >= ATTACHES:
        return Step(it.want.target, requeue=True)
    if choice.interface is None:
        reservation = _reservation(it, candidates.values())
        step = _decline(it, *_why_none(it, candidates, choice), **reservation)
    else:
        step = _claim(it, candidates[choice.interface.id])
    return replace(step, rejections=choice.rejections)


def _retries_later(it: Request) -> bool:
    """What EC2 refused waits for its time, unless the wish has changed, or somebody asks."""
    record = it.record
    return (
        record is not None
        and not it.view.asked(OperatorAction.RETRY, record.target)
        and record.pin == it.want.index
        and record.retry_at is not None
        and it.view.now < record.retry_at
    )


def _may_try_another(it: Request, choice: Choice, refused: Collection[InterfaceId]) -> bool:
    """
    Whether EC2 has refused the interface, and there is one that it has not refused.

    With as many refusals as a record keeps, an end to trying others would never come.
    """
    return (
        it.record is not None
        and it.record.failed_on_interface
        and choice.interface is not None
        and choice.interface.id not in refused
        and len(refused) < REMEMBERED
    )


def _candidates(it: Request) -> dict[InterfaceId, Candidate]:
    view, target = it.view, it.want.target
    mine = Holder(view.id, target)
    return {
        interface.id: Candidate(
            interface=interface,
            instance=it.instance,
            target=target,
            vpcs=view.vpcs,
            policy=view.policy,
            claimed=(holder := view.claims.get(interface.id, mine)) != mine,
            claimed_by=holder.instance,
        )
        for interface in view.pool.values()
        if interface.target == target
    }


def _adopt(it: Request, candidates: dict[InterfaceId, Candidate]) -> Step | None:
    """Take over an interface that somebody attached where we would have."""
    for seen, candidate in _attached_already(it, candidates):
        if seen.status != AttachmentStatus.ATTACHED:
            return Step(it.want.target, requeue=True)
        return it.step(
            State.ATTACHED,
            **on(candidate.interface),
            **_reservation(it, [candidate]),
            origin=Origin.ADOPTED,
            slot=seen.slot,
            attachment_id=seen.id,
            warnings=warned_of(_warnings(candidate), seen),
            requested_at=it.view.cause.time,
        )
    return None


def _attached_already(
    it: Request, candidates: dict[InterfaceId, Candidate]
) -> Iterator[tuple[SeenAttachment, Candidate]]:
    held = {record.slot for record in it.view.records.values() if record.holding}
    for seen in sorted(it.instance.attachments, key=lambda seen: seen.slot):
        candidate = candidates.get(seen.interface)
        if candidate is None or candidate.claimed or why_ineligible(candidate, PAIR_RULES):
            continue
        if seen.slot in held:  # by a record that is moving, or that a person must look at
            continue
        if it.want.accepts(seen.slot.index):
            yield seen, candidate


def _claim(it: Request, chosen: Candidate) -> Step:
    reservation = _reservation(it, [chosen])
    preference = chosen.vpc.device_index if chosen.vpc else None
    if isinstance(preference, BadTagError):  # a rule of eligibility has kept it out
        raise preference
    if it.view.capacity is None:  # which is no limit: nothing is known of it
        step = _decline(it, Reason.TYPE_UNKNOWN, f"EC2 does not describe {it.instance.type}")
        return replace(step, requeue=True)
    try:
        slot = choose_slot(it.taken, it.view.capacity, it.want.index, preference)
    except PinTakenError as error:
        return _decline(it, Reason.INDEX_TAKEN, error.message, **reservation)
    except NoFreeSlotError as error:
        detail = f"{it.instance.type}: {error.message}"
        return _decline(it, Reason.INSTANCE_LIMIT, detail, **reservation)
    step = it.step(
        State.CLAIMED,
        **on(chosen.interface),
        **reservation,
        origin=Origin.POOL,
        slot=slot,
        attachment_id=None,
        warnings=_warnings(chosen),
        requested_at=it.view.cause.time,
    )
    return replace(step, attach=step.move.after if step.move else None)


def _reservation(it: Request, candidates: Iterable[Candidate]) -> dict[str, Any]:
    """Return what a record says of the reservation of one of ``candidates``, if one has any."""
    names = {own.interface.reservation for own in candidates if own.reserved}
    if not names:
        return {"reservation": None, "sharing": 0}
    name = min(names, key=lambda name: (name != it.instance.id, name))
    known = it.view.sharing.get(Reserved(it.want.target, it.instance.zone, name), frozenset())
    sharing = len({it.instance.id, *known}) if name != it.instance.id else 0
    return {"reservation": name, "sharing": sharing}


def _decline(it: Request, reason: Reason, detail: str, **reservation: Any) -> Step:
    state = state_for(reason)
    record = it.record
    # What waits has a detail that changes with every other attachment: no move for that, unless
    # it names the one who holds what is reserved.
    settled = state == State.WAITING and reason is not Reason.RESERVED_IN_USE
    same = record and (record.state, record.reason, record.pin) == (state, reason, it.want.index)
    if record and same and (settled or record.detail == detail):
        return Step(it.want.target)
    # What EC2 has refused is remembered until something else is claimed: units ask for it.
    failure = record.failure if record and record.state == state == State.WAITING else None
    # Capacity that came while this is written finds nobody to wake: look once more.
    because = {"reason": reason, "detail": detail, "failure": failure}
    return replace(it.step(state, **because, **reservation), requeue=True)


def _why_none(
    it: Request, candidates: dict[InterfaceId, Candidate], choice: Choice
) -> tuple[Reason, str]:
    target = it.want.target
    principal = principal_rejection(choice.rejections)
    if principal is None:
        return _why_no_pool(it)
    if principal.reason is Reason.NO_INTERFACE_IN_ZONE:
        zones = zones_with((it.interface for it in candidates.values()), choice.rejections)
        where = f"no interface for {target} in {it.instance.zone}"
        if it.instance.zone in zones:  # the same name, but another zone by its id
            return principal.reason, f"{principal.interface}: {principal.detail}"
        return principal.reason, f"{where}; zones that have some: {', '.join(zones)}"
    alike = sum(
        (other.reason, other.rank >= 0) == (principal.reason, True) for other in choice.rejections
    )
    others = f", and {alike - 1} more alike" if alike > 1 else ""
    return principal.reason, f"{principal.interface}: {principal.detail}{others}"


def _why_no_pool(it: Request) -> tuple[Reason, str]:
    """
    No interface is tagged for the target: say what its VPCs lack, one of ours first.

    An interface that nobody may have would be created in vain: then what forbids it is why.
    """
    policy, target = it.view.policy, it.want.target
    keys = policy.keys
    named = [vpc for _, vpc in sorted(it.view.vpcs.items()) if target in vpc.mentions]
    faults = [fault for vpc in named if (fault := why_not_served(vpc, target, policy))]
    if not named:
        return Reason.NO_TARGET, f"no VPC is tagged {keys.target}={target}"
    if len(faults) == len(named):
        return min(faults, key=lambda fault: fault[0] is Reason.ACCOUNT_MISMATCH)
    serving = [vpc.id for vpc in named if not why_not_served(vpc, target, policy)]
    new = [another(target, vpc, it.instance.zone, policy.account) for vpc in serving]
    would_be = [Candidate(one, it.instance, target, it.view.vpcs, policy) for one in new]
    verdicts = [why_ineligible(one, PAIR_RULES) for one in would_be]
    forbidden = [verdict for verdict in verdicts if verdict]
    principal = principal_rejection(forbidden)
    if principal and len(forbidden) == len(would_be):
        return principal.reason, principal.detail
    return Reason.NO_INTERFACE_IN_ZONE, f"no interface is tagged {keys.pool}={target}"


def _warnings(chosen: Candidate) -> tuple[Reason, ...]:
    """What the operator should know although the attachment goes ahead."""
    facts = {
        Reason.OVERLAPPING_CIDR: bool(overlapping_cidrs(chosen)),
        # EC2 User Guide, "Elastic network interfaces": not replaced at the next start.
        Reason.PUBLIC_IPV4: chosen.instance.automatic_public_ip,
    }
    return tuple(reason for reason, so in facts.items() if so)
