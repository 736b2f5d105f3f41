"""
The only place that knows the concrete classes: what each function is made of.

Each function of this module raises ``SettingsError`` where the environment lacks what it reads.
"""

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from ulid import ULID

from dualhome.adapters.dynamodb import items
from dualhome.adapters.dynamodb.inventory import DynamoDbInventory
from dualhome.adapters.dynamodb.ledger import DynamoDbLedger, DynamoDbRecords
from dualhome.adapters.dynamodb.pause import DynamoDbPauses, log_unread
from dualhome.adapters.dynamodb.release_breaker import DynamoDbReleaseBreaker
from dualhome.adapters.dynamodb.sweep_checkpoint import DynamoDbSweepCheckpoints
from dualhome.adapters.ec2.facts import Ec2Facts
from dualhome.adapters.ec2.instances import Ec2Instances, Ec2Vpcs
from dualhome.adapters.ec2.interfaces import Ec2Interfaces, check_each_write
from dualhome.adapters.ec2.scan import Ec2Scan
from dualhome.adapters.ec2.status_tags import Ec2StatusTags
from dualhome.adapters.emf_metrics import EmfMetrics, count_ec2_call, count_sweep
from dualhome.adapters.eventbridge_events import EventBridgeEvents
from dualhome.adapters.sfn_rollbacks import SfnRollbacks
from dualhome.adapters.sqs import SqsReconcileQueue, SqsSetAside, SqsStatusQueue
from dualhome.application.pause import PauseGate
from dualhome.application.publish import Publishers
from dualhome.application.rollback import (
    check_detached,
    close_attachment,
    detach_interface,
    mark_stuck,
)
from dualhome.application.snapshot import Reconciler
from dualhome.application.sweep import SweepContext
from dualhome.application.sweep_compare import CompareContext
from dualhome.application.write_status import Writing
from dualhome.domain.attachment import AuditEntry, Trace
from dualhome.domain.pause import PauseChange
from dualhome.domain.planning.eligibility import Policy
from dualhome.domain.tags import TagKeys
from dualhome.entrypoints.steps import Run, Step
from dualhome.entrypoints.sweep import Sweeper
from dualhome.entrypoints.write_status import StatusWriter
from dualhome.settings import (
    CheckDetachedSettings,
    CloseAttachmentSettings,
    DetachInterfaceSettings,
    MarkStuckSettings,
    OnConsentWithdrawn,
    OnOverlappingCidr,
    PublishChangesSettings,
    ReconcileInstancesSettings,
    SweepAccountSettings,
    WriteStatusSettings,
    read,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ec2 import EC2Client

# Few tries here: the queue does the long waiting, and stacked retries multiply load.
CLIENT = Config(
    retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=3, read_timeout=10
)


# Another message waits while a call does; two tries of at most 13 s each.
STATUS_CLIENT = CLIENT.merge(Config(retries={"mode": "standard", "total_max_attempts": 2}))


@cache
def reconciling() -> Reconciler:
    """Return what the reconciler works with."""
    given = read(ReconcileInstancesSettings, os.environ)
    keys = TagKeys(given.tag_prefix)
    ec2, gate = _ec2(), _gate(given)
    check_each_write(ec2, gate.check)
    return Reconciler(
        instances=Ec2Instances(ec2),
        vpcs=Ec2Vpcs(ec2),
        interfaces=Ec2Interfaces(ec2, keys),
        ledger=_ledger(given),
        facts=Ec2Facts(ec2),
        rollbacks=SfnRollbacks(
            boto3.client("stepfunctions", config=CLIENT), given.rollback_state_machine
        ),
        breaker=_breaker(given),
        queue=_queue(given.changes_queue_url),
        gate=gate,
        policy=Policy(
            given.account_id,
            keys,
            refuse_overlap=given.on_overlapping_cidr is OnOverlappingCidr.REFUSE,
            release_without_consent=given.on_consent_withdrawn is OnConsentWithdrawn.RELEASE,
            release_delay=timedelta(seconds=given.release_delay_seconds),
        ),
        region=ec2.meta.region_name,
        clock=lambda: datetime.now(UTC),
    )


@cache
def publishers() -> Publishers:
    """Return what the publisher works with."""
    given = read(PublishChangesSettings, os.environ)
    return Publishers(
        events=EventBridgeEvents(boto3.client("events", config=CLIENT)),
        metrics=EmfMetrics(),
        statuses=_statuses(given.status_queue_url),
        aside=SqsSetAside(boto3.client("sqs", config=CLIENT), given.publish_failures_queue_url),
        scope=given.status_tags,
    )


def read_audit(item: Mapping[str, Any]) -> AuditEntry | PauseChange:
    """Return the entry that an item of the stream holds; raises ``UnreadableItemError``."""
    return items.read_audit(item)


@cache
def status_writer() -> StatusWriter:
    """Return what the status writer works with."""
    given = read(WriteStatusSettings, os.environ)
    return StatusWriter(
        writing=Writing(
            ledger=_records(given.attachments_table),
            tags=Ec2StatusTags(_ec2(STATUS_CLIENT), TagKeys(given.tag_prefix).status),
            scope=given.status_tags,
        ),
        deferrals=_statuses(given.status_queue_url),
    )


@cache
def sweeper() -> Sweeper:
    """Return what the sweeper works with."""
    given = read(SweepAccountSettings, os.environ)
    keys = TagKeys(given.tag_prefix)
    dynamodb = _dynamodb()
    release = given.on_consent_withdrawn is OnConsentWithdrawn.RELEASE
    return Sweeper(
        context=SweepContext(
            compare=CompareContext(
                scan=Ec2Scan(_ec2(), keys),
                instances=Ec2Instances(_ec2()),
                vpcs=Ec2Vpcs(_ec2()),
                inventory=DynamoDbInventory(dynamodb, given.attachments_table),
                ledger=_records(given.attachments_table),
                policy=Policy(given.account_id, keys, release_without_consent=release),
                gate=_gate(given),
                scope=given.status_tags,
                clock=lambda: datetime.now(UTC),
            ),
            checkpoints=DynamoDbSweepCheckpoints(dynamodb, given.attachments_table),
            breaker=_breaker(given),
            queue=_queue(given.changes_queue_url),
            statuses=_statuses(given.status_queue_url),
            most_releases=given.max_releases_per_sweep,
        ),
        count=partial(count_sweep, low_water=given.pool_low_water),
    )


@cache
def detaching() -> Step:
    """Return the rollback's step "Detach interface"."""
    given = read(DetachInterfaceSettings, os.environ)
    ledger, interfaces, gate = _records(given.attachments_table), _interfaces(), _gate(given)
    check_each_write(_ec2(), gate.check)
    return lambda rollback, _: detach_interface(rollback, ledger, interfaces, gate)


@cache
def checking() -> Step:
    """Return the rollback's step "Check detached"."""
    given = read(CheckDetachedSettings, os.environ)
    ledger, interfaces = _records(given.attachments_table), _interfaces()
    return lambda rollback, _: check_detached(rollback, ledger, interfaces)


@cache
def closing() -> Step:
    """Return the rollback's step "Close attachment"."""
    given = read(CloseAttachmentSettings, os.environ)
    ledger, queue = _ledger(given), _queue(given.changes_queue_url)
    return lambda rollback, run: close_attachment(
        rollback, ledger, queue, _trace(given, run), datetime.now(UTC)
    )


@cache
def marking_stuck() -> Step:
    """Return the rollback's step "Mark stuck"."""
    given = read(MarkStuckSettings, os.environ)
    ledger = _ledger(given)
    return lambda rollback, run: mark_stuck(rollback, ledger, _trace(given, run), datetime.now(UTC))


def _trace(given: CloseAttachmentSettings | MarkStuckSettings, run: Run) -> Trace:
    region = _dynamodb().meta.region_name
    return Trace(given.account_id, region, run.request_id, run.execution_arn)


@cache
def _dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb", config=CLIENT)


def _queue(url: str) -> SqsReconcileQueue:
    return SqsReconcileQueue(boto3.client("sqs", config=CLIENT), url)


def _statuses(url: str) -> SqsStatusQueue:
    return SqsStatusQueue(boto3.client("sqs", config=CLIENT), url)


@cache
def _ec2(config: Config = CLIENT) -> "EC2Client":
    ec2 = boto3.client("ec2", config=config)
    ec2.meta.events.register("response-received.ec2", count_ec2_call)
    return ec2


def _interfaces() -> Ec2Interfaces:
    """Return the interfaces for a step, which finds them by id: the keys of tags do not matter."""
    return Ec2Interfaces(_ec2(), TagKeys())


def _gate(
    given: ReconcileInstancesSettings | SweepAccountSettings | DetachInterfaceSettings,
) -> PauseGate:
    pauses = DynamoDbPauses(_dynamodb(), given.attachments_table)
    return PauseGate(pauses, given.paused, time.monotonic, log_unread)


def _breaker(given: ReconcileInstancesSettings | SweepAccountSettings) -> DynamoDbReleaseBreaker:
    return DynamoDbReleaseBreaker(
        _dynamodb(), given.attachments_table, given.max_releases_per_sweep
    )


def _ledger(
    given: ReconcileInstancesSettings | CloseAttachmentSettings | MarkStuckSettings,
) -> DynamoDbLedger:
    return DynamoDbLedger(
        _dynamodb(),
        given.attachments_table,
        given.audit_table,
        new_id=lambda: str(ULID()),
        audit_retention_days=given.audit_retention_days,
    )


def _records(attachments_table: str) -> DynamoDbRecords:
    """Return the ledger for a function that only reads it, and so has no audit table."""
    return DynamoDbRecords(_dynamodb(), attachments_table)
