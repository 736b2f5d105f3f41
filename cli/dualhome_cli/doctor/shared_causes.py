"""Causes that several records share: one interface, or one Name too many."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import Instance, Interface, pool_of, reservation_of
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.observed import desired_state
from dualhome.domain.planning.types import Holder, Reserved
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.pools.capacity import why_unusable
from dualhome_cli.status.details import refusals_now

SEVERAL = 2
"""Instances for which EC2 refuses an interface before the interface itself is suspected."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """An interface of a pool that EC2 refuses for several instances, with its code for each."""

    interface: InterfaceId
    target: TargetName
    codes: dict[InstanceId, str]


@dataclass(frozen=True, slots=True)
class Crowd:
    """More instances of one Name than interfaces are reserved for it; ``interfaces`` has one."""

    reserved: Reserved
    instances: tuple[InstanceId, ...]
    interfaces: tuple[Interface, ...]


def suspects(account: Account, now: datetime) -> Iterator[Suspect]:
    """Yield what is still in a pool, and refused for ``SEVERAL`` instances or more."""
    found: dict[InterfaceId, dict[InstanceId, str]] = defaultdict(dict)
    for record in account.records.values():
        for refusal in refusals_now(record, now):
            found[refusal.interface][record.instance] = refusal.code
    for id_, codes in sorted(found.items()):
        shown = account.interfaces.get(id_)
        target = pool_of(shown, account.policy.keys) if shown else None
        if target and len(codes) >= SEVERAL:
            yield Suspect(id_, target, dict(sorted(codes.items())))


def crowds(account: Account) -> Iterator[Crowd]:
    """
    Yield each Name under which more instances ask than there are interfaces reserved for it.

    They take from these alone (decision 0022), so that some of them wait as long as all exist. One
    with an interface reserved for its id is not counted, nor an interface that is unusable.
    """
    reserved: dict[Reserved, list[Interface]] = defaultdict(list)
    keys, vpcs = account.policy.keys, account.observed_vpcs()
    for interface in account.interfaces.values():
        target, name = pool_of(interface, keys), reservation_of(interface, keys)
        if target and name and why_unusable(interface, vpcs, account.policy) is None:
            reserved[Reserved(target, interface.zone, name)].append(interface)
    for key, interfaces in sorted(reserved.items(), key=lambda it: _order(it[0])):
        askers = sorted(
            it.id
            for it in account.instances.values()
            if _asks(it, key, account) and Reserved(key.target, key.zone, it.id) not in reserved
        )
        if len(askers) > len(interfaces):
            yield Crowd(key, tuple(askers), tuple(sorted(interfaces, key=lambda it: it.id)))


def explained_by_cause(account: Account, now: datetime) -> frozenset[Holder]:
    """Return the records whose state a suspect, a crowd or a contest explains."""
    bad = {it.interface for it in suspects(account, now)}
    crowded = {it.reserved for it in crowds(account)}
    return frozenset(
        Holder(it.instance, it.target)
        for it in account.records.values()
        if (it.failed_on_interface and it.interface in bad)
        or it.reason is Reason.CONTESTED
        or (it.reason is Reason.RESERVED_IN_USE and _reserved(it) in crowded)
    )


def contested(account: Account) -> list[Attachment]:
    """Return the records of what another user keeps detaching, by instance and target."""
    found = (
        it
        for it in account.records.values()
        if it.state is State.WAITING and it.reason is Reason.CONTESTED
    )
    return sorted(found, key=lambda it: (it.instance, it.target))


def _asks(instance: Instance, key: Reserved, account: Account) -> bool:
    named = instance.zone == key.zone and instance.name.strip() == key.name
    return named and key.target in desired_state(instance, account.policy.keys).wanted


def _reserved(record: Attachment) -> Reserved | None:
    return (
        Reserved(record.target, record.zone, record.reservation)
        if record.zone and record.reservation
        else None
    )


def _order(reserved: Reserved) -> tuple[str, str, str]:
    return reserved.target, reserved.zone, reserved.name
