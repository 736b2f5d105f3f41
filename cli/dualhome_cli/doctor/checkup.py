"""Every check of `dualhome doctor`, in the order in which it reports them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from dualhome.domain.invariants.snapshot import Account
from dualhome_cli.data.snapshot import read_account, read_present
from dualhome_cli.doctor.check import Check, Finding
from dualhome_cli.doctor.checks import (
    causes,
    ledger,
    limits,
    networks,
    permissions,
    pools,
    queues,
    records,
    tags,
)
from dualhome_cli.doctor.checks import stack as stack_checks
from dualhome_cli.doctor.facts import Resources
from dualhome_cli.stack import Stack


@dataclass(frozen=True)
class CheckContext:
    """A stack and its account at a moment; ``pause`` waits between two readings of the ledger."""

    stack: Stack
    now: datetime
    pause: Callable[[], None]

    @property
    def resources(self) -> Resources:
        """The stack's parts."""
        return self.stack.resources

    @property
    def young(self) -> bool:
        """Whether the stack has not yet had the time for the sweeps that may be missed."""
        age = self.now - self.resources.stack.created
        return age < queues.MISSED_SWEEPS * queues.sweep_interval(self.stack)

    @cached_property
    def account(self) -> Account:
        """The account without its past, read once."""
        return read_present(self.stack)

    @property
    def records(self) -> records.Records:
        """The account's records at this moment."""
        account, skipped = self.account, self.stack.skipped
        return records.Records(account, self.now, skipped.text(), skipped.items)

    def whole_account(self) -> Account:
        """Return everything; raises ``UnreadableItemError`` if an item cannot be read."""
        return read_account(self.stack.strictly())


STACK_CHECKS: tuple[Check[CheckContext, Any], ...] = (
    Check(
        "stack",
        lambda it: it.resources.stack.status,
        stack_checks.stack_status,
        "The stack is deployed completely.",
    ),
    Check("rules", lambda it: it.resources.rules(), stack_checks.rules, "Every rule is enabled."),
    Check(
        "schedule",
        lambda it: it.resources.schedules(),
        stack_checks.schedules,
        "The sweep's schedule is enabled.",
    ),
    Check(
        "event-sources",
        lambda it: it.resources.sources(),
        stack_checks.sources,
        "Queue and stream invoke their functions.",
    ),
    Check(
        "functions",
        lambda it: it.resources.functions(),
        stack_checks.functions,
        "Every function is active, its last update complete.",
    ),
    Check(
        "alarms",
        lambda it: stack_checks.Alarms(it.resources.alarms(), young=it.young),
        stack_checks.alarms,
        "No alarm is raised.",
    ),
    Check(
        "audience",
        lambda it: it.stack.audience(),
        stack_checks.audience,
        "Every subscription of the alarm topic is confirmed.",
    ),
)

QUEUE_CHECKS: tuple[Check[CheckContext, Any], ...] = (
    Check(
        "queue",
        lambda it: queues.read_changes_queue(it.stack, it.now),
        queues.changes_queue,
        "The changes queue is drained.",
    ),
    Check(
        "status-queue",
        lambda it: it.stack.queue(queues.STATUS),
        queues.status_queue,
        "No status tag waits to be written.",
    ),
    Check(
        "dead-letters",
        lambda it: queues.read_dead_letters(it.stack),
        queues.dead_letters,
        "There are no dead letters.",
    ),
    Check(
        "sweep",
        lambda it: queues.sweeps(it.stack, it.resources.stack.created, it.now),
        queues.sweep,
        "The sweep ran when it was last due.",
    ),
    Check(
        "brakes",
        lambda it: queues.read_controls(it.stack),
        queues.controls,
        "The stack is not paused, the release breaker closed.",
    ),
)

ACCESS_CHECKS: tuple[Check[CheckContext, Any], ...] = (
    Check(
        "permissions",
        lambda it: permissions.decisions(it.stack),
        permissions.permissions,
        "IAM's simulation allows the EC2 calls of the roles, with sample tags; EC2 may yet differ.",
    ),
    Check(
        "quota",
        lambda it: it.stack.interfaces(),
        limits.interface_quota,
        "There are no interfaces yet.",
    ),
)

ACCOUNT_CHECKS: tuple[Check[CheckContext, Any], ...] = (
    Check("versions", lambda it: it.records, records.left_out, "Every record can be read."),
    Check("tags", lambda it: it.account, tags.malformed_tags, "Every tag can be read."),
    Check(
        "tag-room",
        lambda it: tags.TagRoom(it.account, it.stack.status_scope),
        tags.full,
        "Every instance and interface has room for its status tag.",
    ),
    Check(
        "pools",
        lambda it: pools.Pools(it.account, int(it.stack.parameter("PoolLowWater"))),
        pools.shortages_of,
        "Every wanted target is served, and no pool is low.",
    ),
    Check("overlaps", lambda it: it.account, networks.overlaps, "No address ranges overlap."),
    Check(
        "consent",
        lambda it: it.account,
        networks.withdrawn,
        "Every VPC still allows what is attached.",
    ),
    Check(
        "public-ipv4",
        lambda it: it.account,
        networks.public_addresses,
        "No instance will lose its public IPv4 address.",
    ),
    Check(
        "deletions",
        lambda it: it.account,
        networks.deletions,
        "No interface is deleted with its instance.",
    ),
    Check(
        "stuck",
        lambda it: it.records,
        records.stuck,
        "No attachment is stuck.",
    ),
    Check(
        "refused-interfaces",
        lambda it: it.records,
        causes.refused_for_many,
        "EC2 refuses no interface for several instances.",
    ),
    Check(
        "namesakes",
        lambda it: it.records,
        causes.namesakes,
        "No Name has more instances than interfaces reserved for it.",
    ),
    Check(
        "contests",
        lambda it: it.records,
        causes.contests,
        "No other user detaches what is attached.",
    ),
    Check(
        "unsettled",
        lambda it: it.records,
        records.unsettled,
        "No wanted target waits, was refused, has failed or has no record.",
    ),
    Check(
        "unconfirmed",
        lambda it: it.records,
        records.unconfirmed,
        "Every release that was due has had its second reading.",
    ),
    Check(
        "overdue",
        lambda it: it.records,
        records.overdue,
        "No attachment moves for too long.",
    ),
    Check(
        "strangers",
        lambda it: it.account,
        records.others,
        "No other user has attached an interface of a pool.",
    ),
)

LEDGER_CHECK: Check[CheckContext, Any] = Check(
    "ledger",
    lambda it: ledger.confirmed(it.whole_account, it.pause),
    ledger.invariants,
    "Ledger, audit log and EC2 agree.",
)


def run_checks(context: CheckContext, *, with_ledger: bool) -> Iterator[Finding]:
    """Yield what each check finds, as soon as it is known; nothing is changed."""
    for check in _checks(with_ledger=with_ledger):
        yield from check.findings(context)


def _checks(*, with_ledger: bool) -> Iterable[Check[CheckContext, Any]]:
    yield from (*STACK_CHECKS, *QUEUE_CHECKS, *ACCESS_CHECKS, *ACCOUNT_CHECKS)
    if with_ledger:
        yield LEDGER_CHECK
