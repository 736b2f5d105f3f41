"""What must hold of ledger and EC2 once all is quiet: each rule returns what breaks it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from dualhome.domain.attachment import Attachment, AuditEntry
from dualhome.domain.ec2 import ACTING, AttachmentStatus, Instance, SeenAttachment
from dualhome.domain.invariants.at_rest import AT_REST
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.planning.eligibility import PAIR_RULES, why_ineligible
from dualhome.domain.planning.types import Holder
from dualhome.domain.reasons import DEFERRED
from dualhome.domain.states import State
from dualhome.domain.tags import Wanted

Rule = Callable[[Account], Iterator[str]]


def nothing_is_held_twice(account: Account) -> Iterator[str]:
    """Neither an interface nor a slot, in the ledger or in EC2."""
    holding = [record for record in account.records.values() if record.holding]
    seen = [seen for instance in account.instances.values() for seen in instance.attachments]
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


def what_is_recorded_as_attached_is(account: Account) -> Iterator[str]:
    """With the same slot and attachment id, on an instance that wants it there."""
    for record in account.records.values():
        if record.state != State.ATTACHED:
            continue
        instance = account.instances.get(record.instance)
        seen = instance.attachment_of(record.interface) if instance else None
        if record.interface is None or record.slot is None or record.attachment_id is None:
            yield f"an attached record without its attachment: {record}"
        elif instance is None or seen is None or not _is_that_of(record, seen):
            yield f"recorded as attached: {record}; EC2 shows: {seen}"
        elif record.reason not in DEFERRED and (unwanted := _unwanted(record, instance, account)):
            yield unwanted


def _is_that_of(record: Attachment, seen: SeenAttachment) -> bool:
    recorded = (record.instance, record.slot, AttachmentStatus.ATTACHED, record.attachment_id)
    return recorded == (seen.instance, seen.slot, seen.status, seen.id)


def _unwanted(record: Attachment, instance: Instance, account: Account) -> str:
    wanted = account.wanted(instance)
    index = record.slot.index if record.slot else None
    here = {Wanted(record.target), Wanted(record.target, index)}
    if wanted is None or here & set(wanted):
        return ""
    return f"attached, but {instance.id} wants {wanted}: {record}"


def what_is_attached_and_wanted_is_recorded(account: Account) -> Iterator[str]:
    """Whatever attached it; unless the target is served by another, or an operator must act."""
    for instance in account.instances.values():
        if instance.operator_managed or instance.state not in ACTING:
            continue
        for want in account.wanted(instance) or ():
            record = account.record(instance.id, want.target)
            if record and record.holding:
                continue
            for seen in instance.attachments:
                if _adoptable(seen, instance, want, account):
                    yield f"attached and wanted: {seen}, but recorded as {record}"


def _adoptable(seen: SeenAttachment, instance: Instance, want: Wanted, account: Account) -> bool:
    interface = account.interfaces.get(seen.interface)
    here = want.accepts(seen.slot.index) and (instance.id, seen.slot) not in account.slots
    if interface is None or not here:
        return False
    candidate = account.candidate(interface, instance, want.target)
    return not candidate.claimed and not why_ineligible(candidate, PAIR_RULES)


def claims_and_slots_belong_to_records_that_hold(account: Account) -> Iterator[str]:
    """And the reverse: what a record holds no other can take."""
    claims, slots = set(account.claims.items()), set(account.slots.items())
    holding = {holder: record for holder, record in account.records.items() if record.holding}
    due_claims = {(record.interface, holder) for holder, record in holding.items()}
    due_slots = {((record.instance, record.slot), holder) for holder, record in holding.items()}
    yield from (f"claimed, but by no record: {claim}" for claim in claims - due_claims)
    yield from (f"taken, but by no record: {slot}" for slot in slots - due_slots)
    yield from (f"held by a record, but not claimed: {claim}" for claim in due_claims - claims)
    yield from (f"held by a record, but not taken: {slot}" for slot in due_slots - slots)


def the_past_leads_to_the_present(account: Account) -> Iterator[str]:
    """
    The audit, replayed, ends with the records, and never loses a first error.

    Each entry takes up where the one before it ended. A rollback ends with the error that began it;
    what fails at once has its own.
    """
    replayed: dict[Holder, Attachment] = {}
    for entry in account.audit:
        key = Holder(entry.after.instance, entry.after.target)
        cut_off = not account.whole_past and key not in replayed
        if not cut_off and replayed.get(key) != entry.move.before:
            yield f"{entry.id} of {key} follows {entry.move.before}, not {replayed.get(key)}"
        replayed[key] = entry.after
        yield from _lost_error(entry)
    for key in replayed.keys() | account.records.keys():
        expired = not account.whole_past and key not in replayed
        if not expired and replayed.get(key) != account.records.get(key):
            yield f"{key}: the audit ends with {replayed.get(key)}, not {account.records.get(key)}"


def _lost_error(entry: AuditEntry) -> Iterator[str]:
    before, after = entry.move.before, entry.after
    rolled_back = before and before.state in {State.RELEASING, State.STUCK}
    if after.state == State.FAILED and after.failure is None:
        yield f"failed without an error: {after}"
    still = after.holding or after.state == State.FAILED
    if before and rolled_back and still and after.failure != before.failure:
        yield f"{entry.id}: the error was {before.failure}, and became {after.failure}"


def every_pool_interface_is_accounted_for(account: Account) -> Iterator[str]:
    """Available, attached by a record, held for an operator, or attached by others."""
    records = {record.interface: record for record in account.records.values() if record.holding}
    for interface in account.interfaces.values():
        record, seen = records.get(interface.id), interface.attachment
        held = record and record.state == State.ATTACHED and seen
        if interface.status == "available" and record and record.state != State.STUCK:
            yield f"available, but held by {record}"
        elif held and record and seen and record.instance != seen.instance:
            yield f"held by {record}, but on {seen.instance}"
        elif seen and record is None and seen.id not in account.by_hand:
            yield f"no record accounts for {seen}"
        elif seen is None and interface.status != "available":
            yield f"neither available nor attached: {interface}"


ALWAYS: tuple[Rule, ...] = (
    nothing_is_held_twice,
    what_is_recorded_as_attached_is,
    what_is_attached_and_wanted_is_recorded,
    claims_and_slots_belong_to_records_that_hold,
    the_past_leads_to_the_present,
    every_pool_interface_is_accounted_for,
)
"""What holds of every instance that nothing moves on."""

INVARIANTS: tuple[Rule, ...] = (*ALWAYS, *AT_REST)


def broken_invariants(account: Account, rules: tuple[Rule, ...] = INVARIANTS) -> list[str]:
    """Return one line for each thing that is wrong in ``account``, named by its rule."""
    return [f"{rule.__name__}: {what}" for rule in rules for what in rule(account)]
