"""A deployed account as the invariants see it, read by the administrator."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from dualhome.domain.identifiers import AccountId, AttachmentId, InstanceId
from dualhome.domain.invariants.always import broken_invariants
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.planning.eligibility import Policy
from dualhome_cli.data import snapshot
from dualhome_cli.stack import Books
from localcloud.client.environment import ACCOUNT
from tests.support.deployed.faults.stale_lists import fresh_lists
from tests.support.deployed.stack import Stack
from tests.support.deployed.waiting import known_of, until

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

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
        return snapshot.read_account(books_of(stack), [InstanceId(it) for it in ids], manual)


def books_of(stack: Stack) -> Books:
    """Return where the account is read."""
    dynamodb: DynamoDBClient = stack.cloud.client("dynamodb")
    return Books(
        ec2=stack.ec2,
        dynamodb=dynamodb,
        attachments_table=stack.outputs["AttachmentsTableName"],
        audit_table=stack.outputs["AuditTableName"],
        policy=Policy(AccountId(ACCOUNT)),
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
