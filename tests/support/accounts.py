"""Accounts made of the builders' values, for what is decided over a whole account."""

from collections.abc import Iterable

from dualhome.domain.account import Account
from dualhome.domain.attachment import Attachment
from dualhome.domain.network import Instance, Interface, Vpc
from dualhome.domain.view import Holder
from dualhome_cli.capacity import Pool, pools_of
from tests.support.builders import POLICY, a_vpc, an_app_vpc


def an_account(
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
