"""The deployed stack on a local cloud, and what the benchmark reads of it."""

import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dualhome.adapters.dynamodb.ledger import DynamoDbLedger
from dualhome_cli.aws.audit_log import DynamoDbAuditLog
from dualhome_cli.data.ports import AuditLog
from localcloud.client.deployment import Deployment

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

STACK = "dualhome"
DEADLINE_SECONDS = 180.0


class Stage(Deployment):
    """The stack to measure."""

    @cached_property
    def functions(self) -> "LambdaClient":
        """The administrator's Lambda."""
        client: LambdaClient = self.cloud.client("lambda")
        return client

    @cached_property
    def ledger(self) -> DynamoDbLedger:
        """The ledger, to read."""
        tables = (self.outputs["AttachmentsTableName"], self.outputs["AuditTableName"])
        return DynamoDbLedger(self.dynamodb, *tables, new_id=str)

    @cached_property
    def audit_log(self) -> AuditLog:
        """The audit log, to read."""
        return DynamoDbAuditLog(self.dynamodb, self.outputs["AuditTableName"])

    def sweep(self) -> None:
        """Sweep once, apart from the schedule."""
        self.functions.invoke(FunctionName=self.outputs["SweepAccountFunctionName"])

    def changes_source(self) -> Mapping[str, Any]:
        """Return the event source mapping that feeds the reconciler."""
        function = self.outputs["ReconcileInstancesFunctionName"]
        answer = self.functions.list_event_source_mappings(FunctionName=function)
        (mapping,) = answer["EventSourceMappings"]
        return dict(mapping)


def wait(fact: Callable[[], bool], every: float = 0.1) -> bool:
    """Wait until ``fact`` is true; return whether it became so within the deadline."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (true := fact()) and time.monotonic() < deadline:
        time.sleep(every)
    return true
