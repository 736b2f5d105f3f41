"""Where the account is read: EC2, and both tables."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from dualhome.adapters import ledger_items as items
from dualhome.adapters.dynamodb_ledger import DynamoDbLedger
from dualhome.adapters.dynamodb_rounds import DynamoDbRounds
from dualhome.domain.eligibility import Policy
from dualhome.domain.identifiers import TargetName
from dualhome_cli.archive import Archive, DynamoDbArchive
from dualhome_cli.unreadable import Unreadable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ec2 import EC2Client

    from dualhome_cli.stack import Stack


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
        read = DynamoDbRounds(self.dynamodb, self.attachments_table).targets
        return self.unreadable.unless(read, frozenset()) if self.unreadable else read()
