"""A stack in memory whose updates end at once, and what CloudFormation tells of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

ID = "arn:aws:cloudformation:us-east-1:111122223333:stack/dualhome/1"
PARAMETERS = {"TagPrefix": "dualhome", "Paused": "false", "SweepSchedule": "rate(5 minutes)"}
STACK, FUNCTION = "AWS::CloudFormation::Stack", "AWS::Lambda::Function"

WELL = (
    ("dualhome", STACK, "UPDATE_IN_PROGRESS", "User Initiated"),
    ("ReconcileInstancesFunction", FUNCTION, "UPDATE_IN_PROGRESS", ""),
    ("ReconcileInstancesFunction", FUNCTION, "UPDATE_COMPLETE", ""),
    ("Observability", STACK, "UPDATE_COMPLETE", ""),
    ("SweepAccountFunction", FUNCTION, "UPDATE_COMPLETE", ""),
    ("dualhome", STACK, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ""),
    ("dualhome", STACK, "UPDATE_COMPLETE", ""),
)
TAKEN_BACK = (
    ("dualhome", STACK, "UPDATE_IN_PROGRESS", "User Initiated"),
    ("SweepAccountFunction", FUNCTION, "UPDATE_FAILED", "not authorized\x1b[2J"),
    ("dualhome", STACK, "UPDATE_ROLLBACK_IN_PROGRESS", "it failed"),
    ("SweepAccountFunction", FUNCTION, "UPDATE_COMPLETE", ""),
    ("dualhome", STACK, "UPDATE_ROLLBACK_COMPLETE", ""),
)


@dataclass
class CloudFormation:
    """A stack that is updated at once; ``events`` are what it tells of that."""

    status: str = "CREATE_COMPLETE"
    parameters: dict[str, str] = field(default_factory=lambda: dict(PARAMETERS))
    events: tuple[tuple[str, str, str, str], ...] = WELL
    updates: list[dict[str, Any]] = field(default_factory=list)

    def describe_stacks(self, *, StackName: str) -> Mapping[str, Any]:  # noqa: N803 - AWS's name
        """Show the stack."""
        assert StackName == "dualhome"
        stack = {
            "StackName": StackName,
            "StackId": ID,
            "StackStatus": self.status,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in self.parameters.items()
            ],
        }
        return {"Stacks": [stack]}

    def update_stack(self, **request: Any) -> None:
        """Take an update that changes something."""
        self.updates.append(request)
        new = {it["ParameterKey"]: it.get("ParameterValue") for it in request["Parameters"]}
        if all(value in {None, self.parameters[key]} for key, value in new.items()):
            message = "No updates are to be performed."
            error = {"Error": {"Code": "ValidationError", "Message": message}}
            raise ClientError(error, "UpdateStack")  # type: ignore[arg-type]
        self.parameters |= {key: value for key, value in new.items() if value is not None}

    def get_paginator(self, name: str) -> "CloudFormation":
        """Return what pages through the events."""
        assert name == "describe_stack_events"
        return self

    def paginate(self, *, StackName: str) -> Iterator[Mapping[str, Any]]:  # noqa: N803 - AWS's name
        """Show the events, newest first, a page for each; the stack has a past."""
        assert StackName == ID
        token = self.updates[-1]["ClientRequestToken"]
        shown = [(token, *event) for event in self.events]
        past = [("console", "dualhome", STACK, "CREATE_COMPLETE", "")]
        for number, (of, resource, type_, status, reason) in reversed(
            list(enumerate([*past, *shown]))
        ):
            event = {
                "EventId": str(number),
                "ClientRequestToken": of,
                "Timestamp": datetime(2026, 11, 22, 12, 0, number, tzinfo=UTC),
                "StackId": ID,
                "LogicalResourceId": resource,
                "PhysicalResourceId": ID if resource == "dualhome" else f"{ID}/{resource}",
                "ResourceType": type_,
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
            }
            yield {"StackEvents": [event]}
