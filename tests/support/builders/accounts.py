"""Accounts for tests: a small one that is fit, and those made of the builders' values."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from dualhome.domain.attachment import Attachment, AuditEntry, Move
from dualhome.domain.ec2 import Instance, Interface, SeenAttachment, Vpc
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.planning.types import Holder
from dualhome.domain.states import State
from dualhome_cli.pools.capacity import Pool, pools_of
from tests.support.builders.values import (
    INSTANCE,
    NOW,
    POLICY,
    TRACE,
    a_cause,
    a_primary,
    a_record,
    a_seen_attachment,
    a_vpc,
    an_app_vpc,
    an_instance,
    an_interface,
)


def an_account(*records: Attachment, **fields: Any) -> Account:
    """
    Return an account with ``records``, and the claims and slots that they hold.

    Without ``fields`` EC2 shows what an attached record says.
    """
    vpcs = [an_app_vpc(), a_vpc(), a_vpc("vpc-0c", target="data", cidrs=("10.30.0.0/16",))]
    holding = [record for record in records if record.holding]
    ordinary: dict[str, Any] = {
        "records": {Holder(it.instance, it.target): it for it in records},
        "claims": {it.interface: Holder(it.instance, it.target) for it in holding},
        "slots": {(it.instance, it.slot): Holder(it.instance, it.target) for it in holding},
        "audit": (),
        "whole_past": False,
        "instances": {INSTANCE: an_attached_instance()},
        "interfaces": {it.id: it for it in [an_attached_interface()]},
        "vpcs": {it.id: it for it in vpcs},
        "policy": POLICY,
    }
    return Account(**(ordinary | fields))


def a_fit_account(**fields: Any) -> Account:
    """Return an account with one instance that has what it wants."""
    return an_account(a_record(), **fields)


def an_attached_instance(**fields: Any) -> Instance:
    """Return the ordinary instance with the ordinary interface."""
    return an_instance(**({"attachments": (a_primary(), a_seen_attachment())} | fields))


def an_attached_interface(seen: SeenAttachment | None = None) -> Interface:
    """Return the ordinary interface on the ordinary instance."""
    return an_interface(attachment=seen or a_seen_attachment())


def a_past(*states: State, **last: Any) -> list[AuditEntry]:
    """Return the moves through ``states``; ``last`` are fields of the record that they end in."""
    entries: list[AuditEntry] = []
    before: Attachment | None = None
    for number, state in enumerate(states, start=1):
        after = replace(a_record(state), version=number, since=NOW + timedelta(seconds=number))
        after = replace(after, cause=a_cause(), **(last if number == len(states) else {}))
        entries.append(AuditEntry(f"{number:026}", Move(before, after), TRACE))
        before = after
    return entries


def an_account_of(
    *things: Instance | Interface,
    vpcs: Iterable[Vpc] | None = None,
    records: Iterable[Attachment] = (),
) -> Account:
    """Return an account of ``things``; claims follow from ``records``."""
    known = (an_app_vpc(), a_vpc()) if vpcs is None else vpcs
    kept = {Holder(it.instance, it.target): it for it in records}
    return Account(
        records=kept,
        claims={it.interface: at for at, it in kept.items() if it.holding and it.interface},
        slots={},
        audit=(),
        instances={it.id: it for it in things if isinstance(it, Instance)},
        interfaces={it.id: it for it in things if isinstance(it, Interface)},
        vpcs={it.id: it for it in known},
        policy=POLICY,
    )


def only_pool(account: Account) -> Pool:
    """Return the one pool."""
    (pool,) = pools_of(account)
    return pool
