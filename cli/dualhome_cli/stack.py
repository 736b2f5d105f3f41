"""The deployed stack, found by its name: what reads and what changes it."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, update_wrapper
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

import boto3
import click
from botocore.config import Config
from botocore.exceptions import ClientError
from ulid import ULID

from dualhome.adapters.dynamodb import items
from dualhome.adapters.dynamodb.ledger import DynamoDbLedger
from dualhome.adapters.dynamodb.sweep_checkpoint import DynamoDbSweepCheckpoints
from dualhome.adapters.ec2.instances import Ec2Instances, Ec2Vpcs
from dualhome.adapters.ec2.interfaces import Ec2Interfaces
from dualhome.application.ports import Ledger
from dualhome.application.snapshot import Sources
from dualhome.application.sweep_ports import SweepCheckpoints
from dualhome.domain.identifiers import AccountId, TargetName
from dualhome.domain.planning.eligibility import Policy
from dualhome.domain.status import StatusScope
from dualhome.domain.tags import TagKeys
from dualhome_cli.connection import Connection
from dualhome_cli.data.audit_log import Archive, DynamoDbArchive
from dualhome_cli.data.skipped_items import Unreadable
from dualhome_cli.errors import CommandError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ec2 import EC2Client

P = ParamSpec("P")
T = TypeVar("T")

CLIENT = Config(
    retries={"mode": "standard", "total_max_attempts": 4}, connect_timeout=5, read_timeout=20
)
FUNCTIONS = CLIENT.merge(Config(read_timeout=330, retries={"total_max_attempts": 1}))
"""A sweep takes up to 300 s, and a call that is repeated runs the function twice."""

NEEDED = ("AttachmentsTableName", "AuditTableName", "ChangesQueueUrl")


@dataclass(frozen=True)
class Stack:
    """``outputs`` and ``parameters`` are CloudFormation's; clients are made when first used."""

    session: boto3.Session
    name: str
    account: AccountId
    region: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]

    @classmethod
    def find(cls, connection: Connection) -> "Stack":
        """
        Find the stack, by one call.

        Raises:
            TroubleError: there is none of this name in the Region, or it is not dualhome's.
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
            TroubleError: the deployed template is older than this command, and has none.
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
            paused=self.parameter("Paused") == "true",
            release_delay=timedelta(seconds=int(self.parameter("ReleaseDelaySeconds"))),
            release_without_consent=self.parameter("OnConsentWithdrawn") == "release",
        )

    @cached_property
    def unreadable(self) -> Unreadable:
        """What lists have left out."""
        return Unreadable()

    @cached_property
    def ledger(self) -> Ledger:
        """The records; lists go on without those that another version has written."""
        return DynamoDbLedger(
            self.client("dynamodb"),
            self.output("AttachmentsTableName"),
            self.output("AuditTableName"),
            new_id=lambda: str(ULID()),
            read_listed=self.unreadable.records,
        )

    @cached_property
    def archive(self) -> Archive:
        """The past, without what another version has written."""
        table = self.output("AuditTableName")
        return DynamoDbArchive(self.client("dynamodb"), table, self.unreadable.audits)

    @cached_property
    def checkpoints(self) -> SweepCheckpoints:
        """What sweeps know."""
        table = self.output("AttachmentsTableName")
        return DynamoDbSweepCheckpoints(self.client("dynamodb"), table)

    @cached_property
    def sources(self) -> Sources:
        """Where a snapshot is read from."""
        ec2 = self.client("ec2")
        return Sources(
            instances=Ec2Instances(ec2),
            vpcs=Ec2Vpcs(ec2),
            interfaces=Ec2Interfaces(ec2, self.keys),
            ledger=self.ledger,
        )

    def _deployed(self, values: Mapping[str, str], kind: str, name: str) -> str:
        if name in values:
            return values[name]
        raise CommandError(f"Stack {self.name} has no {kind} {name}: deploy this version first.")


def pass_stack(command: Callable[Concatenate[Stack, P], T]) -> Callable[P, T]:
    """
    Give a command the stack as its first argument; a test's own stands as ``obj``.

    However the command ends, it is told in the end what its lists have left out.
    """

    @click.pass_obj
    def with_stack(it: Connection | Stack, /, *args: P.args, **kwargs: P.kwargs) -> T:
        stack = it if isinstance(it, Stack) else Stack.find(it)
        try:
            return command(stack, *args, **kwargs)
        finally:
            stack.unreadable.tell()

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


@dataclass(frozen=True, slots=True)
class Books:
    """
    Where an account is read; without ``whole_past`` the audit's oldest entries expire.

    ``unreadable`` takes what another version has written; without it such a thing ends the reading.
    """

    ec2: "EC2Client"
    dynamodb: "DynamoDBClient"
    attachments_table: str
    audit_table: str
    policy: Policy
    whole_past: bool = True
    unreadable: Unreadable | None = None

    @classmethod
    def of(cls, stack: "Stack") -> Self:
        """Return where the account of ``stack`` is read, as far as it can be read."""
        return cls(
            ec2=stack.client("ec2"),
            dynamodb=stack.client("dynamodb"),
            attachments_table=stack.output("AttachmentsTableName"),
            audit_table=stack.output("AuditTableName"),
            policy=stack.policy,
            whole_past=stack.parameter("AuditRetentionDays") == "0",
            unreadable=stack.unreadable,
        )

    @property
    def ledger(self) -> DynamoDbLedger:
        """The ledger, to be read."""
        return DynamoDbLedger(
            self.dynamodb,
            self.attachments_table,
            self.audit_table,
            new_id=str,
            read_listed=self.unreadable.records if self.unreadable else items.read_records,
        )

    @property
    def archive(self) -> Archive:
        """The past."""
        read = self.unreadable.audits if self.unreadable else items.read_audits
        return DynamoDbArchive(self.dynamodb, self.audit_table, read)

    def swept_targets(self) -> frozenset[TargetName]:
        """Return every target of which sweeps know."""
        read = DynamoDbSweepCheckpoints(self.dynamodb, self.attachments_table).targets
        return self.unreadable.unless(read, frozenset()) if self.unreadable else read()
