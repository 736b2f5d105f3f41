"""Whether ledger, audit log and EC2 agree: the invariants, checked on a real account."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from dualhome.domain.attachment import Attachment
from dualhome.domain.invariants.always import (
    broken_invariants,
    claims_and_slots_belong_to_records_that_hold,
    every_pool_interface_is_accounted_for,
    nothing_is_held_twice,
    the_past_leads_to_the_present,
    what_is_attached_and_wanted_is_recorded,
    what_is_recorded_as_attached_is,
)
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.reasons import Reason
from dualhome.domain.status import MOVING
from dualhome_cli.doctor.check import Remark, error, warning

DELETE = (
    "No sweep corrects this. Next: dualhome history of the interface; without a record that holds"
    " it, delete the item of the claim or slot, which keeps the interface from being claimed."
)
REPORT = (
    "No sweep corrects this: a manual change of the tables, or a defect. Next: dualhome history of"
    " the instance or interface; report it if the tables were not changed manually."
)

NEVER = (
    nothing_is_held_twice,
    claims_and_slots_belong_to_records_that_hold,
    the_past_leads_to_the_present,
)
"""Written together, they can only break by a defect, or by a manual change of the tables."""

BETWEEN_SWEEPS = (
    what_is_recorded_as_attached_is,
    what_is_attached_and_wanted_is_recorded,
    every_pool_interface_is_accounted_for,
)
"""Users and EC2 can break these at any time; the next sweep corrects it."""


@dataclass(frozen=True, slots=True)
class Broken:
    """What can never be, and what a sweep corrects: lines that name their rules."""

    never: frozenset[str] = frozenset()
    between: frozenset[str] = frozenset()


def confirmed(read: Callable[[], Account], pause: Callable[[], None]) -> Broken:
    """Read twice if need be: what one reading alone shows was in transition."""
    first = broken(read())
    if first == Broken():
        return first
    pause()
    second = broken(read())
    return Broken(first.never & second.never, first.between & second.between)


def broken(account: Account) -> Broken:
    """Return what one reading shows."""
    never = broken_invariants(account, NEVER)
    between = broken_invariants(at_rest(account), BETWEEN_SWEEPS)
    return Broken(frozenset(never), frozenset(between))


def at_rest(account: Account) -> Account:
    """
    Return ``account`` without the instances of which something moves, and what they hold.

    One that is gone moves, too, until a second reading closes its records.
    """
    busy = {record.instance for record in account.records.values() if _moves(record)}
    claimed = {it for it, holder in account.claims.items() if holder.instance in busy}
    others = {it.id for it in account.interfaces.values() if it.attachment} - account.claims.keys()
    shown = {it: seen for it, seen in account.interfaces.items() if it not in claimed}
    strange = {shown[it].attachment for it in others}
    return replace(
        account,
        records={key: it for key, it in account.records.items() if key.instance not in busy},
        instances={key: it for key, it in account.instances.items() if key not in busy},
        interfaces=shown,
        audit=(),
        by_hand=account.by_hand | {seen.id for seen in strange if seen},
    )


def _moves(record: Attachment) -> bool:
    pending = record.pending if record.reason is Reason.RELEASE_PENDING else None
    gone = pending is not None and pending.reason is Reason.INSTANCE_STATE
    return gone or record.state in MOVING


def invariants(broken: Broken) -> Iterator[Remark]:
    """Each line names its rule, and what breaks it."""
    for line in sorted(broken.never):
        inconsistent_claims = line.startswith(claims_and_slots_belong_to_records_that_hold.__name__)
        yield error(line, DELETE if inconsistent_claims else REPORT)
    for line in sorted(broken.between):
        yield warning(line, "Run it again after the next sweep, which corrects it if it can.")
