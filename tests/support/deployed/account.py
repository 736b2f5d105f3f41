"""A deployed account as the invariants see it, read by the administrator."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import boto3

from dualhome.domain.identifiers import AccountId, AttachmentId, InstanceId
from dualhome.domain.invariants.always import broken_invariants
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.planning.eligibility import Policy
from dualhome_cli import stack as command
from dualhome_cli.data import snapshot
from localcloud.client.environment import ACCOUNT, REGION
from tests.support.deployed.faults.stale_lists import fresh_lists
from tests.support.deployed.stack import Stack
from tests.support.deployed.waiting import known_of, until

QUIET_SECONDS = 120.0
"""Requeues come after 1, 2, 3, 5, 8, ... seconds: a test may end between two of them."""


def broken(
    stack: Stack, by_hand: Iterable[str] = (), instances: Collection[str] | None = None
) -> list[str]:
    """Return what is wrong; ``by_hand`` names attachments that others made."""
    return broken_invariants(read_account(stack, by_hand, instances))


def read_account(
    stack: Stack, by_hand: Iterable[str] = (), instances: Collection[str] | None = None
) -> Account:
    """
    Return all there is of ``instances``, and of the pools that they want or had parts of.

    None stands for every instance that EC2 shows. It should be quiet, for the reads are not one
    moment's.
    """
    manual = frozenset(AttachmentId(it) for it in by_hand)
    with fresh_lists(stack.cloud):
        ids = _every_instance(stack) if instances is None else instances
        return snapshot.read_account(source_of(stack), [InstanceId(it) for it in ids], manual)


@dataclass(frozen=True)
class AdministratorsStack(command.Stack):
    """The command's stack, with the administrator's clients."""

    deployed: Stack

    def client(self, service: str) -> Any:  # noqa: ANN401 - the caller names it
        """Return the administrator's client of ``service``."""
        return self.deployed.ec2 if service == "ec2" else self.deployed.cloud.client(service)

    @property
    def policy(self) -> Policy:
        """The policy by which the invariants judge."""
        return Policy(AccountId(ACCOUNT))


def source_of(stack: Stack) -> AdministratorsStack:
    """Return where the account is read; an item that cannot be read ends the read."""
    return AdministratorsStack(
        session=boto3.Session(region_name=REGION),
        name="dualhome",
        account=AccountId(ACCOUNT),
        region=REGION,
        outputs=stack.outputs,
        parameters={"TagPrefix": "dualhome", "AuditRetentionDays": "0"},
        strict=True,
        deployed=stack,
    )


def comes_to_rest(
    stack: Stack,
    instances: Collection[str],
    by_hand: Iterable[str] = (),
    *,
    seconds: float = QUIET_SECONDS,
) -> None:
    """
    Return once all invariants hold of ``instances``.

    Raises:
        AssertionError: some do not within ``seconds``; it says which.
    """
    until(
        lambda: not broken(stack, by_hand, instances),
        lambda: "\n".join(
            [*broken(stack, by_hand, instances), known_of(stack, list(instances)[:5])]
        ),
        seconds=seconds,
    )


def _every_instance(stack: Stack) -> list[str]:
    pages = stack.ec2.get_paginator("describe_instances").paginate()
    groups = [group for page in pages for group in page["Reservations"]]
    return [instance["InstanceId"] for group in groups for instance in group["Instances"]]
