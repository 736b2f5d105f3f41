"""The deployed stack, found by its name: the composition root of the command."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, update_wrapper
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

import boto3
import click
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from ulid import ULID

from dualhome.adapters.dynamodb import items
from dualhome.adapters.dynamodb.ledger import DynamoDbLedger
from dualhome.adapters.dynamodb.pause import DynamoDbPauseBook
from dualhome.adapters.dynamodb.sweep_checkpoint import DynamoDbSweepCheckpoints
from dualhome.adapters.ec2.instances import Ec2Instances, Ec2Vpcs
from dualhome.adapters.ec2.interfaces import Ec2Interfaces
from dualhome.adapters.ec2.scan import Ec2Scan
from dualhome.adapters.sqs import SqsReconcileQueue
from dualhome.application.ports import Ledger, ReconcileQueue
from dualhome.application.snapshot import Sources
from dualhome.application.sweep_ports import Scan, SweepCheckpoints
from dualhome.domain.attachment import Attachment, AuditEntry
from dualhome.domain.identifiers import AccountId, InstanceId, TargetName
from dualhome.domain.pause import PauseChange, PauseReading
from dualhome.domain.planning.eligibility import Policy
from dualhome.domain.status import StatusScope
from dualhome.domain.tags import TagKeys
from dualhome_cli.aws import attachments, ec2, functions, permissions, queues, resources
from dualhome_cli.aws.audit_log import DynamoDbAuditItems, DynamoDbAuditLog
from dualhome_cli.data.pauses import PauseBook, read_pause
from dualhome_cli.data.ports import AuditLog, BreakerState, Caller, Partitions
from dualhome_cli.data.skipped_items import SkippedItems
from dualhome_cli.doctor.facts import Audience, Interfaces, PermissionSimulator, Queue, Resources
from dualhome_cli.errors import CommandError
from dualhome_cli.main import Connection
from dualhome_cli.redrive.dead_letters import DeadLetters, MessageQueue
from dualhome_cli.redrive.publish import AuditItems, Publisher

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

P = ParamSpec("P")
T = TypeVar("T")

CLIENT = Config(
    retries={"mode": "standard", "total_max_attempts": 4}, connect_timeout=5, read_timeout=20
)
FUNCTIONS = CLIENT.merge(Config(read_timeout=330, retries={"total_max_attempts": 1}))
"""A sweep takes up to 300 s, and a call that is repeated runs the function twice."""

Item = Mapping[str, Any]

NEEDED = ("AttachmentsTableName", "AuditTableName", "ChangesQueueUrl")


@dataclass(frozen=True)
class Stack:
    """
    Every port of the command, over clients with the operator's credentials.

    ``outputs`` and ``parameters`` are CloudFormation's. A list skips items that another version has
    written; with ``strict`` such an item ends the read.
    """

    session: boto3.Session
    name: str
    account: AccountId
    region: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    strict: bool = field(default=False, kw_only=True)

    @classmethod
    def find(cls, connection: Connection) -> "Stack":
        """
        Find the stack, by one call.

        Raises:
            CommandError: there is none of this name in the Region, or it is not dualhome's.
            ClientError, BotoCoreError: AWS could not be asked.
        """
        # As the AWS CLI; boto3 leaves it out (AWS SDKs Reference Guide, "AWS Region").
        region = connection.region or os.environ.get("AWS_REGION")
        session = boto3.Session(profile_name=connection.profile, region_name=region)
        found = _describe(session, connection.stack_name)
        outputs = {it["OutputKey"]: it["OutputValue"] for it in found.get("Outputs", [])}
        if missing := [name for name in NEEDED if name not in outputs]:
            raise CommandError(
                f"Stack {connection.stack_name} ({found['StackStatus']}) has no output"
                f" {missing[0]}: is it dualhome's, and deployed? Give --stack-name."
            )
        _, _, _, region, account, _ = found["StackId"].split(":", 5)
        parameters = {
            it["ParameterKey"]: it["ParameterValue"] for it in found.get("Parameters", [])
        }
        return cls(session, found["StackName"], AccountId(account), region, outputs, parameters)

    def client(self, service: str) -> Any:  # noqa: ANN401 - the caller names it
        """Return a client of ``service``, with the operator's credentials."""
        return self.session.client(  # type: ignore[call-overload]
            service, region_name=self.region, config=FUNCTIONS if service == "lambda" else CLIENT
        )

    def parameter(self, name: str) -> str:
        """
        Return a parameter's value.

        Raises:
            CommandError: the deployed template is older than this command, and has none.
        """
        return self._deployed(self.parameters, "parameter", name)

    def output(self, name: str) -> str:
        """Return an output's value; raises as ``parameter``."""
        return self._deployed(self.outputs, "output", name)

    def now(self) -> datetime:
        """Return the time at which everything that is read is judged."""
        return datetime.now(UTC)

    @property
    def keys(self) -> TagKeys:
        """The keys of the tags that this deployment reads and writes."""
        return TagKeys(self.parameter("TagPrefix"))

    @property
    def status_scope(self) -> StatusScope:
        """Which resources this deployment writes a status tag on."""
        return StatusScope(self.parameter("StatusTags"))

    @property
    def policy(self) -> Policy:
        """What the deployment decides about choices."""
        return Policy(
            self.account,
            self.keys,
            refuse_overlap=self.parameter("OnOverlappingCidr") == "refuse",
            pause=self.pause,
            release_delay=timedelta(seconds=int(self.parameter("ReleaseDelaySeconds"))),
            release_without_consent=self.parameter("OnConsentWithdrawn") == "release",
        )

    @property
    def paused_by_parameter(self) -> bool:
        """Whether the deployment pauses as long as no operator has paused or resumed."""
        return self.parameter("Paused") == "true"

    @cached_property
    def pauses(self) -> PauseBook:
        """The pause, and its audit entries."""
        tables = self.output("AttachmentsTableName"), self.output("AuditTableName")
        return DynamoDbPauseBook(self.client("dynamodb"), *tables)

    @cached_property
    def pause(self) -> PauseReading:
        """Whether anything is attached or detached, read once; unreadable counts as paused."""
        return read_pause(self.pauses, parameter=self.paused_by_parameter)

    @property
    def whole_past(self) -> bool:
        """Whether the audit log keeps every entry."""
        return self.parameter("AuditRetentionDays") == "0"

    @cached_property
    def skipped(self) -> SkippedItems:
        """The items that lists have skipped."""
        return SkippedItems()

    @cached_property
    def ledger(self) -> Ledger:
        """The records."""
        return DynamoDbLedger(
            self.client("dynamodb"),
            self.output("AttachmentsTableName"),
            self.output("AuditTableName"),
            new_id=lambda: str(ULID()),
            read_listed=self._read_records,
        )

    @cached_property
    def audit_log(self) -> AuditLog:
        """The audit log."""
        table = self.output("AuditTableName")
        return DynamoDbAuditLog(self.client("dynamodb"), table, self._read_audits)

    @cached_property
    def partitions(self) -> Partitions:
        """The table of attachments, instance by instance."""
        table = self.output("AttachmentsTableName")
        return attachments.DynamoDbPartitions(self.client("dynamodb"), table)

    @cached_property
    def checkpoints(self) -> SweepCheckpoints:
        """The checkpoint of the sweep."""
        table = self.output("AttachmentsTableName")
        return DynamoDbSweepCheckpoints(self.client("dynamodb"), table)

    @cached_property
    def sources(self) -> Sources:
        """What a snapshot is read from."""
        client = self.client("ec2")
        return Sources(
            instances=Ec2Instances(client),
            vpcs=Ec2Vpcs(client),
            interfaces=Ec2Interfaces(client, self.keys),
            ledger=self.ledger,
        )

    @cached_property
    def scan(self) -> Scan:
        """Everything tagged in EC2, page by page."""
        return Ec2Scan(self.client("ec2"), self.keys)

    def swept_targets(self) -> frozenset[TargetName]:
        """Return every target that a sweep has recorded."""
        read = self.checkpoints.targets
        return read() if self.strict else self.skipped.unless(read, frozenset())

    def breaker(self) -> BreakerState:
        """Return the release breaker as it is now."""
        table = self.output("AttachmentsTableName")
        return attachments.read_breaker(self.client("dynamodb"), table)

    def find_instances(self, filters: Mapping[str, Sequence[str]]) -> list[InstanceId]:
        """Return the instances that match EC2's ``filters``, but for the terminated, by id."""
        return ec2.find_instances(self.client("ec2"), filters)

    def caller(self) -> Caller:
        """Return the operator's ARN, and the time by AWS's clock."""
        return permissions.read_caller(self.client("sts"))

    @cached_property
    def reconcile_queue(self) -> ReconcileQueue:
        """The queue that the reconciler reads."""
        return SqsReconcileQueue(self.client("sqs"), self.output("ChangesQueueUrl"))

    @cached_property
    def resources(self) -> Resources:
        """The stack's parts."""
        return resources.AwsResources(self.client, self.name)

    @cached_property
    def simulator(self) -> PermissionSimulator:
        """IAM's simulation of a role's policies."""
        partition = self.session.get_partition_for_region(self.region)
        path = self.parameters.get("RolePath", "/")  # an older template has none
        iam = self.client("iam")
        return permissions.IamSimulator(iam, partition, self.account, self.region, path)

    def audience(self) -> Audience:
        """Return the subscriptions of the alarm topic."""
        return resources.read_audience(self.client("sns"), self.output("AlarmTopicArn"))

    def interfaces(self) -> Interfaces:
        """Count the account's interfaces; its quota is unknown where it cannot be read."""
        by_zone = ec2.count_interfaces(self.client("ec2"))
        try:
            quota = ec2.read_interface_quota(self.client("service-quotas"))
        except (ClientError, BotoCoreError):  # AWS's default stands in, whatever the error
            return Interfaces(by_zone, None)
        return Interfaces(by_zone, quota)

    def queue(self, output: str) -> Queue:
        """Return about how many messages the queue named by ``output`` holds."""
        return queues.read_queue(self.client("sqs"), self.output(output))

    def queue_age(self, queue: Queue, now: datetime) -> timedelta | None:
        """Return the age of the oldest message of ``queue``; None where it is not known."""
        return queues.read_oldest(self.client("cloudwatch"), queue.name, now)

    def dead_letters(self, output: str) -> DeadLetters:
        """Return the dead-letter queue named by ``output``."""
        return queues.SqsDeadLetters(self.client("sqs"), self.output(output))

    def messages(self, output: str) -> MessageQueue:
        """Return the queue named by ``output``, to send messages to."""
        return queues.SqsMessageQueue(self.client("sqs"), self.output(output))

    @property
    def audit_items(self) -> AuditItems:
        """The audit table, as the items that its stream delivers."""
        return DynamoDbAuditItems(self.client("dynamodb"), self.output("AuditTableName"))

    @property
    def publisher(self) -> Publisher:
        """The function that publishes moves."""
        name = self.output("PublishChangesFunctionName")
        return functions.PublishFunction(self.client("lambda"), name, time.sleep)

    @property
    def sweeper(self) -> Callable[[], None]:
        """Return what runs one sweep to its end; it raises if the sweep fails."""
        client, name = self.client("lambda"), self.output("SweepAccountFunctionName")
        return lambda: functions.call(client, name, {})

    def strictly(self) -> Self:
        """Return this stack, to be read without skipping anything."""
        return replace(self, strict=True)

    def _read_records(self, listed: Iterable[Item]) -> Iterator[Attachment]:
        if self.strict:
            return items.read_records(listed)
        return self.skipped.readable(listed, items.read_record)

    def _read_audits(self, listed: Iterable[Item]) -> Iterator[AuditEntry | PauseChange]:
        if self.strict:
            return items.read_audits(listed)
        return self.skipped.readable(listed, items.read_audit)

    def _deployed(self, values: Mapping[str, str], kind: str, name: str) -> str:
        if name in values:
            return values[name]
        raise CommandError(f"Stack {self.name} has no {kind} {name}: deploy this version first.")


def pass_stack(command: Callable[Concatenate[Stack, P], T]) -> Callable[P, T]:
    """
    Give a command the stack as its first argument; a test's own stands as ``obj``.

    However the command ends, it reports in the end what its lists have skipped.
    """

    @click.pass_obj
    def with_stack(found: Connection | Stack, /, *args: P.args, **kwargs: P.kwargs) -> T:
        stack = found if isinstance(found, Stack) else Stack.find(found)
        try:
            return command(stack, *args, **kwargs)
        finally:
            stack.skipped.report()

    return update_wrapper(with_stack, command)


def _describe(session: boto3.Session, name: str) -> "StackTypeDef":
    client = session.client("cloudformation", config=CLIENT)
    try:
        return client.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in error.response["Error"].get("Message", ""):
            raise CommandError(
                f"There is no stack {name} in {client.meta.region_name}: give --region or"
                " --stack-name."
            ) from error
        raise
