"""A stack over fakes, and the command `dualhome` run on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import boto3
from click.testing import CliRunner, Result

from dualhome.application.snapshot import Sources
from dualhome.application.sweep_ports import Scan
from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.ec2 import Instance, Interface, Vpc
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.data.ports import BreakerState
from dualhome_cli.main import dualhome
from dualhome_cli.stack import Stack
from tests.support.builders.values import ACCOUNT, NOW, TRACE, a_record, a_vpc, an_app_vpc
from tests.support.fakes.ec2 import InMemoryEc2
from tests.support.fakes.ec2_ports import InMemoryInstances, InMemoryInterfaces, InMemoryVpcs
from tests.support.fakes.ec2_scan import InMemoryScan
from tests.support.fakes.ledger import InMemoryAuditLog, InMemoryLedger, InMemorySweepCheckpoints
from tests.support.fakes.pauses import InMemoryPauses

OUTPUTS = {
    "AttachmentsTableName": "attachments",
    "AuditTableName": "audit",
    "ChangesQueueUrl": "https://sqs.us-east-1.amazonaws.com/111122223333/changes",
    "StatusQueueUrl": "https://sqs.us-east-1.amazonaws.com/111122223333/status",
    "PauseKey": "PAUSE",
    "ChangesDeadLetterQueueUrl": "https://sqs.us-east-1.amazonaws.com/111122223333/changes-dlq",
}
PARAMETERS = {
    "TagPrefix": "dualhome",
    "StatusTags": "both",
    "OnOverlappingCidr": "warn",
    "OnConsentWithdrawn": "keep",
    "Paused": "false",
    "AuditRetentionDays": "0",
    "MaxReleasesPerSweep": "20",
    "ReleaseDelaySeconds": "10",
    "PoolLowWater": "2",
}


@dataclass(frozen=True)
class InMemoryStack(Stack):
    """
    ``clients`` are what ``client`` gives; there is no other way to AWS.

    Without a client of its service, a port that has one is served from memory.
    """

    session: boto3.Session = field(default_factory=boto3.Session)
    name: str = "dualhome"
    account: Any = ACCOUNT
    region: str = "us-east-1"
    outputs: Mapping[str, str] = field(default_factory=lambda: dict(OUTPUTS))
    parameters: Mapping[str, str] = field(default_factory=lambda: dict(PARAMETERS))
    ec2: InMemoryEc2 = field(default_factory=InMemoryEc2)
    recorded: InMemoryLedger = field(default_factory=InMemoryLedger)
    clients: Mapping[str, Any] = field(default_factory=dict)
    breaker_state: BreakerState = field(default_factory=BreakerState)
    paused_by: InMemoryPauses = field(default_factory=InMemoryPauses)

    def now(self) -> datetime:
        """Return the time of the EC2 in memory."""
        return self.ec2.clock()

    def client(self, service: str) -> Any:  # noqa: ANN401 - whatever the test has put there
        """Return the test's own client of ``service``."""
        return self.clients[service]

    @cached_property
    def ledger(self) -> InMemoryLedger:
        """The records."""
        return self.recorded

    @cached_property
    def audit_log(self) -> InMemoryAuditLog:
        """The audit log that the ledger has written."""
        return InMemoryAuditLog(self.ledger.audit, self.pauses.audit)

    @cached_property
    def pauses(self) -> InMemoryPauses:
        """The pause, and its past."""
        return self.paused_by

    @cached_property
    def checkpoints(self) -> InMemorySweepCheckpoints:
        """The checkpoint of the sweep."""
        return InMemorySweepCheckpoints()

    @cached_property
    def scan(self) -> Scan:
        """Everything tagged in EC2."""
        return super().scan if "ec2" in self.clients else InMemoryScan(self.ec2, self.keys)

    def breaker(self) -> BreakerState:
        """Return the release breaker."""
        return super().breaker() if "dynamodb" in self.clients else self.breaker_state

    @cached_property
    def sources(self) -> Sources:
        """What a snapshot is read from."""
        return Sources(
            instances=InMemoryInstances(self.ec2),
            vpcs=InMemoryVpcs(self.ec2),
            interfaces=InMemoryInterfaces(self.ec2),
            ledger=self.ledger,
        )


def run(stack: Stack, *words: str, columns: int | None = None, typed: str = "") -> Result:
    """Run `dualhome WORDS` on ``stack``; ``columns`` is the width of the terminal, if any."""
    environment = {"COLUMNS": str(columns)} if columns else {}
    return CliRunner().invoke(dualhome, words, obj=stack, env=environment, input=typed)


def a_stack(*things: Instance | Interface | Vpc) -> InMemoryStack:
    """Return a stack over an account of ``things``."""
    stack = InMemoryStack()
    stack.ec2.add(an_app_vpc(), a_vpc(), *things)
    return stack


WAITING = a_record(
    State.WAITING,
    instance="i-02",
    reason=Reason.POOL_EMPTY,
    detail="all 3 are in use",
    since=NOW - timedelta(hours=1),
)


def a_stack_with(*records: Attachment) -> InMemoryStack:
    """Return a stack whose ledger holds ``records``, and whose VPC serves `mgmt`."""
    stack = InMemoryStack()
    stack.ec2.add(a_vpc())
    for record in records:
        before = replace(WAITING, instance=record.instance, target=record.target)
        stack.ledger.commit(Move(None, before), TRACE)
        stack.ledger.commit(Move(before, record), TRACE)
    return stack
