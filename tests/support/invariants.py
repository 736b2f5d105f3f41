"""What must hold of ledger and EC2 once all is quiet: each rule returns what breaks it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dualhome.domain.attachment import Attachment
from dualhome.domain.audit import AuditEntry
from dualhome.domain.eligibility import PAIR_RULES, RULES, Candidate, Policy, why_ineligible
from dualhome.domain.errors import BadTagError
from dualhome.domain.identifiers import (
    AttachmentId,
    InstanceId,
    InterfaceId,
    TargetName,
    VpcId,
)
from dualhome.domain.network import (
    ACTING,
    GONE,
    AttachmentStatus,
    DeviceSlot,
    Instance,
    Interface,
    SeenAttachment,
    Vpc,
)
from dualhome.domain.plan import wanted_by
from dualhome.domain.states import State
from dualhome.domain.status import MOVING
from dualhome.domain.tags import Wanted
from dualhome.domain.view import Holder


@dataclass(frozen=True, slots=True)
class Account:
    """
    All there is to check.

    ``instances`` and ``interfaces`` are as EC2 shows them, the interfaces those of all pools;
    ``audit`` is in the order of writing. ``by_hand`` names the attachments that others made.
    """

    records: Sequence[Attachment]
    claims: Mapping[InterfaceId, Holder]
    slots: Mapping[tuple[InstanceId, DeviceSlot], Holder]
    audit: Sequence[AuditEntry]
    instances: Mapping[InstanceId, Instance]
    interfaces: Mapping[InterfaceId, Interface]
    vpcs: Mapping[VpcId, Vpc]
    policy: Policy
    by_hand: frozenset[AttachmentId] = frozenset()

    def wanted(self, instance: Instance) -> tuple[Wanted, ...] | None:
        """Return what ``instance`` asks for; None if its tags say hands off."""
        keys = self.policy.keys
        try:
            wanted = wanted_by(keys, instance.tags)
        except BadTagError:
            return None
        return None if keys.ignore in instance.tags else wanted

    def record(self, instance: InstanceId, target: TargetName) -> Attachment | None:
        """Return the present of one attachment."""
        wanted = (instance, target)
        return next((it for it in self.records if (it.instance, it.target) == wanted), None)

    def candidate(self, interface: Interface, instance: Instance, target: TargetName) -> Candidate:
        """Return ``interface`` as a plan for ``instance`` sees it."""
        free = self.claims.get(interface.id) in {None, Holder(instance.id, target)}
        return Candidate(interface, instance, target, self.vpcs, self.policy, claimed=not free)


def nothing_is_held_twice(it: Account) -> Iterator[str]:
    """Neither an interface nor a slot, in the ledger or in EC2."""
    holding = [record for record in it.records if record.holding]
    seen = [seen for instance in it.instances.values() for seen in instance.attachments]
    held: Mapping[str, list[object]] = {
        "interface claimed": [record.interface for record in holding],
        "slot claimed": [(record.instance, record.slot) for record in holding],
        "interface attached": [attachment.interface for attachment in seen],
        "slot attached": [(attachment.instance, attachment.slot) for attachment in seen],
    }
    for what, things in held.items():
        for thing, times in Counter(things).items():
            if times > 1:
                yield f"{what} {times} times: {thing}"


def what_is_recorded_as_attached_is(it: Account) -> Iterator[str]:
    """With the same slot and attachment id, on an instance that wants it there."""
    for record in it.records:
        if record.state != State.ATTACHED:
            continue
        instance = it.instances.get(record.instance)
        seen = instance.attachment_of(record.interface) if instance else None
        if record.interface is None or record.slot is None or record.attachment_id is None:
            yield f"an attached record without its attachment: {record}"
        elif instance is None or seen != SeenAttachment(
            record.interface,
            record.instance,
            record.slot,
            AttachmentStatus.ATTACHED,
            record.attachment_id,
        ):
            yield f"recorded as attached: {record}; EC2 shows: {seen}"
        elif (wanted := it.wanted(instance)) is not None and not {
            Wanted(record.target),
            Wanted(record.target, record.slot.index),
        } & set(wanted):
            yield f"attached, but {instance.id} wants {wanted}: {record}"


def what_is_attached_and_wanted_is_recorded(it: Account) -> Iterator[str]:
    """Whoever attached it; unless the target is served by another, or a person must look."""
    for instance in it.instances.values():
        if instance.operator_managed or instance.state not in ACTING:
            continue
        for want in it.wanted(instance) or ():
            record = it.record(instance.id, want.target)
            if record and record.holding:
                continue
            for interface in it.interfaces.values():
                seen = instance.attachment_of(interface.id)
                candidate = it.candidate(interface, instance, want.target)
                here = seen and want.index in {None, seen.slot.index}
                free = seen and (instance.id, seen.slot) not in it.slots
                if (
                    here
                    and free
                    and not candidate.claimed
                    and not why_ineligible(candidate, PAIR_RULES)
                ):
                    yield f"attached and wanted: {seen}, but recorded as {record}"


def claims_and_slots_belong_to_records_that_hold(it: Account) -> Iterator[str]:
    """And the reverse: what a record holds nobody else can take."""
    holding = [record for record in it.records if record.holding]
    pairs = (
        ("claims", it.claims, {r.interface: Holder(r.instance, r.target) for r in holding}),
        ("slots", it.slots, {(r.instance, r.slot): Holder(r.instance, r.target) for r in holding}),
    )
    for what, kept, due in pairs:
        if dict(kept) != due:
            yield f"{what}: {dict(kept)}, but the records hold {due}"


def the_audit_replayed_is_the_present(it: Account) -> Iterator[str]:
    """Each entry takes up where the one before it ended, and the last is the record."""
    replayed: dict[Holder, Attachment] = {}
    for entry in it.audit:
        key = Holder(entry.after.instance, entry.after.target)
        if replayed.get(key) != entry.move.before:
            yield f"{entry.id} of {key} follows {entry.move.before}, not {replayed.get(key)}"
        replayed[key] = entry.after
    present = {Holder(record.instance, record.target): record for record in it.records}
    for key in replayed.keys() | present.keys():
        if replayed.get(key) != present.get(key):
            yield f"{key}: the audit ends with {replayed.get(key)}, not {present.get(key)}"


def the_first_error_is_kept(it: Account) -> Iterator[str]:
    """A rollback ends with the error that began it; what fails at once has its own."""
    for entry in it.audit:
        before, after = entry.move.before, entry.after
        undone = before and before.state in {State.RELEASING, State.STUCK}
        if after.state == State.FAILED and after.failure is None:
            yield f"failed without an error: {after}"
        still = after.holding or after.state == State.FAILED
        if before and undone and still and after.failure != before.failure:
            yield f"{entry.id}: the error was {before.failure}, and became {after.failure}"


def every_pool_interface_is_accounted_for(it: Account) -> Iterator[str]:
    """Available, attached by a record, held for a person, or attached by somebody else's hand."""
    records = {record.interface: record for record in it.records if record.holding}
    for interface in it.interfaces.values():
        record, seen = records.get(interface.id), interface.attachment
        held = record and record.state == State.ATTACHED and seen
        if interface.status == "available" and record and record.state != State.STUCK:
            yield f"available, but held by {record}"
        elif held and record and seen and record.instance != seen.instance:
            yield f"held by {record}, but on {seen.instance}"
        elif seen and record is None and seen.id not in it.by_hand:
            yield f"nobody accounts for {seen}"
        elif seen is None and interface.status != "available":
            yield f"neither available nor attached: {interface}"


def all_is_settled(it: Account) -> Iterator[str]:
    """Nothing moves any more, each wish has its record, and nobody waits beside what is free."""
    yield from (f"still moving: {record}" for record in it.records if record.state in MOVING)
    yield from _unasked(it)
    for instance in it.instances.values():
        for want in it.wanted(instance) or () if instance.state in ACTING else ():
            record = it.record(instance.id, want.target)
            if record is None or record.state == State.RELEASED:
                yield f"{instance.id} wants {want}, but its record is {record}"
            elif record.state == State.WAITING:
                yield from _free_beside(record, instance, it)


def _unasked(it: Account) -> Iterator[str]:
    """Return the records that nobody asks for any more, but those that a person must look at."""
    for record in it.records:
        instance = it.instances.get(record.instance)
        if instance is None or instance.state in GONE:
            if record.state != State.RELEASED:
                yield f"the instance is gone: {record}"
        elif (wanted := it.wanted(instance)) is not None:
            names = {want.target for want in wanted}
            if record.target not in names and record.state not in {State.RELEASED, State.STUCK}:
                yield f"{instance.id} wants {wanted}: {record}"


def _free_beside(record: Attachment, instance: Instance, it: Account) -> Iterator[str]:
    for interface in it.interfaces.values():
        if not why_ineligible(it.candidate(interface, instance, record.target), RULES):
            yield f"{interface.id} is free for {record}"


INVARIANTS: tuple[Callable[[Account], Iterator[str]], ...] = (
    nothing_is_held_twice,
    what_is_recorded_as_attached_is,
    what_is_attached_and_wanted_is_recorded,
    claims_and_slots_belong_to_records_that_hold,
    the_audit_replayed_is_the_present,
    the_first_error_is_kept,
    every_pool_interface_is_accounted_for,
    all_is_settled,
)


def broken_invariants(account: Account) -> list[str]:
    """Return one line for each thing that is wrong in ``account``, named by its rule."""
    return [f"{rule.__name__}: {what}" for rule in INVARIANTS for what in rule(account)]
