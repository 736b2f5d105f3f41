"""The only place that knows the concrete classes: what each function is made of."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from ulid import ULID

from dualhome.adapters.dynamodb import items
from dualhome.adapters.dynamodb.inventory import DynamoDbInventory
from dualhome.adapters.dynamodb.ledger import DynamoDbLedger
from dualhome.adapters.dynamodb.release_breaker import DynamoDbReleaseBreaker
from dualhome.adapters.dynamodb.sweep_checkpoint import DynamoDbSweepCheckpoints
from dualhome.adapters.ec2.facts import Ec2Facts
from dualhome.adapters.ec2.instances import Ec2Instances, Ec2Vpcs
from dualhome.adapters.ec2.interfaces import Ec2Interfaces
from dualhome.adapters.ec2.scan import Ec2Scan
from dualhome.adapters.ec2.status_tags import Ec2StatusTags
from dualhome.adapters.emf_metrics import EmfMetrics, count_ec2_call, count_sweep
from dualhome.adapters.eventbridge_events import EventBridgeEvents
from dualhome.adapters.sfn_rollbacks import SfnRollbacks
from dualhome.adapters.sqs import SqsReconcileQueue, SqsSetAside, SqsStatusQueue
from dualhome.application.publish import Publishers
from dualhome.application.snapshot import Reconciler
from dualhome.application.sweep import SweepContext
from dualhome.application.sweep_compare import CompareContext
from dualhome.application.write_status import Writing
from dualhome.domain.attachment import AuditEntry
from dualhome.domain.planning.eligibility import Policy
from dualhome.domain.tags import TagKeys
from dualhome.entrypoints.steps import Rollback
from dualhome.entrypoints.sweep import Sweeper
from dualhome.entrypoints.write_status import StatusWriter
from dualhome.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

# Few tries here: the queue does the long waiting, and stacked retries multiply load.
CLIENT = Config(
    retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=3, read_timeout=10
)


# Another message waits while a call does; two tries of at most 13 s each.
STATUS_CLIENT = CLIENT.merge(Config(retries={"mode": "standard", "total_max_attempts": 2}))


@cache
def settings() -> Settings:
    """Return this process's settings; raises ``SettingsError`` as ``Settings.read`` does."""
    return Settings.read(os.environ)


@cache
def reconciling() -> Reconciler:
    """Return what the reconciler works with."""
    here = settings()
    ec2 = _ec2()
    return Reconciler(
        instances=Ec2Instances(ec2),
        vpcs=Ec2Vpcs(ec2),
        interfaces=Ec2Interfaces(ec2, TagKeys(here.tag_prefix)),
        ledger=_ledger(),
        facts=Ec2Facts(ec2),
        rollbacks=SfnRollbacks(
            boto3.client("stepfunctions", config=CLIENT), here.rollback_state_machine
        ),
        breaker=_breaker(),
        queue=_queue(),
        policy=_policy(),
        region=ec2.meta.region_name,
        clock=lambda: datetime.now(UTC),
    )


@cache
def publishers() -> Publishers:
    """Return what the publisher works with."""
    here = settings()
    return Publishers(
        events=EventBridgeEvents(boto3.client("events", config=CLIENT)),
        metrics=EmfMetrics(),
        statuses=_statuses(),
        aside=SqsSetAside(boto3.client("sqs", config=CLIENT), here.publish_failures_queue_url),
        scope=here.status_tags,
    )


def read_audit(item: Mapping[str, Any]) -> AuditEntry:
    """Return the entry that an item of the stream holds; raises ``UnreadableItemError``."""
    return items.read_audit(item)


@cache
def status_writer() -> StatusWriter:
    """Return what the status writer works with."""
    here = settings()
    return StatusWriter(
        writing=Writing(
            ledger=_ledger(),
            tags=Ec2StatusTags(_ec2(STATUS_CLIENT), TagKeys(here.tag_prefix).status),
            scope=here.status_tags,
        ),
        deferrals=_statuses(),
    )


@cache
def sweeper() -> Sweeper:
    """Return what the sweeper works with."""
    here = settings()
    keys = TagKeys(here.tag_prefix)
    dynamodb = boto3.client("dynamodb", config=CLIENT)
    return Sweeper(
        context=SweepContext(
            compare=CompareContext(
                scan=Ec2Scan(_ec2(), keys),
                instances=Ec2Instances(_ec2()),
                vpcs=Ec2Vpcs(_ec2()),
                inventory=DynamoDbInventory(dynamodb, here.attachments_table),
                ledger=_ledger(),
                policy=_policy(),
                scope=here.status_tags,
                clock=lambda: datetime.now(UTC),
            ),
            checkpoints=DynamoDbSweepCheckpoints(dynamodb, here.attachments_table),
            breaker=_breaker(),
            queue=_queue(),
            statuses=_statuses(),
            most_releases=here.max_releases_per_sweep,
        ),
        count=partial(count_sweep, low_water=here.pool_low_water),
    )


@cache
def rollback() -> Rollback:
    """Return what the rollback's steps work with."""
    here = settings()
    ec2 = _ec2()
    return Rollback(
        interfaces=Ec2Interfaces(ec2, TagKeys(here.tag_prefix)),
        ledger=_ledger(),
        queue=_queue(),
        account=here.account_id,
        region=ec2.meta.region_name,
        paused=here.paused,
        clock=lambda: datetime.now(UTC),
    )


@cache
def _policy() -> Policy:
    here = settings()
    return Policy(
        here.account_id,
        TagKeys(here.tag_prefix),
        refuse_overlap=here.on_overlapping_cidr == "refuse",
        paused=here.paused,
        release_without_consent=here.on_consent_withdrawn == "release",
        release_delay=timedelta(seconds=here.release_delay_seconds),
    )


@cache
def _queue() -> SqsReconcileQueue:
    return SqsReconcileQueue(boto3.client("sqs", config=CLIENT), settings().changes_queue_url)


@cache
def _statuses() -> SqsStatusQueue:
    return SqsStatusQueue(boto3.client("sqs", config=CLIENT), settings().status_queue_url)


@cache
def _ec2(config: Config = CLIENT) -> "EC2Client":
    ec2 = boto3.client("ec2", config=config)
    ec2.meta.events.register("response-received.ec2", count_ec2_call)
    return ec2


@cache
def _breaker() -> DynamoDbReleaseBreaker:
    here = settings()
    dynamodb = boto3.client("dynamodb", config=CLIENT)
    return DynamoDbReleaseBreaker(dynamodb, here.attachments_table, here.max_releases_per_sweep)


@cache
def _ledger() -> DynamoDbLedger:
    here = settings()
    return DynamoDbLedger(
        boto3.client("dynamodb", config=CLIENT),
        here.attachments_table,
        here.audit_table,
        new_id=lambda: str(ULID()),
        audit_retention_days=here.audit_retention_days,
    )
