"""A small account that is fit; a test names what is wrong with its own."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from dualhome.domain.account import Account
from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.audit import AuditEntry
from dualhome.domain.network import Instance, Interface, SeenAttachment
from dualhome.domain.states import State
from dualhome.domain.view import Holder
from tests.support.builders import (
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
