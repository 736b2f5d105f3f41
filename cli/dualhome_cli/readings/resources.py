"""The parts of the deployed stack, and how AWS says they are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from dualhome_cli.checks.wiring import Alarm, Audience, Part
from dualhome_cli.stack import Stack

MISSING = frozenset({"ResourceNotFoundException", "ResourceNotFound"})


@dataclass(frozen=True)
class Resources:
    """Each method is one read for each part; a part that is gone has no state."""

    stack: Stack

    @cached_property
    def names(self) -> Mapping[str, Mapping[str, str]]:
        """AWS's name of each resource, by type, then by its name in the template."""
        return self._names_in(self.stack.name)

    @cached_property
    def itself(self) -> Mapping[str, Any]:
        """The stack as CloudFormation describes it now."""
        client = self.stack.client("cloudformation")
        found: Mapping[str, Any] = client.describe_stacks(StackName=self.stack.name)["Stacks"][0]
        return found

    def rules(self) -> list[Part]:
        """Return the rules of EventBridge."""
        events = self.stack.client("events")
        return list(self._parts("Events::Rule", lambda it: events.describe_rule(Name=it)))

    def schedules(self) -> list[Part]:
        """Return the schedules of EventBridge Scheduler."""
        scheduler = self.stack.client("scheduler")
        return list(self._parts("Scheduler::Schedule", lambda it: scheduler.get_schedule(Name=it)))

    def sources(self) -> list[Part]:
        """Return what feeds functions from queues and streams."""
        functions = self.stack.client("lambda")
        return list(
            self._parts(
                "Lambda::EventSourceMapping",
                lambda it: functions.get_event_source_mapping(UUID=it),
            )
        )

    def functions(self) -> list[Part]:
        """Return the functions."""
        functions = self.stack.client("lambda")
        return list(
            self._parts(
                "Lambda::Function",
                lambda it: functions.get_function_configuration(FunctionName=it),
            )
        )

    def alarms(self) -> list[Alarm]:
        """Return the raised ones of the alarms that the stack within has made."""
        within = self.names.get("AWS::CloudFormation::Stack", {}).values()
        found = [self._names_in(name).get("AWS::CloudWatch::Alarm", {}) for name in within]
        ours = {name: logical_id for names in found for logical_id, name in names.items()}
        if not ours:  # asked for no names, CloudWatch tells of every alarm of the account
            return []
        pages = self.stack.client("cloudwatch").get_paginator("describe_alarms")
        return [
            Alarm(
                logical_id=ours[it["AlarmName"]],
                name=it["AlarmName"],
                why=it.get("StateReason", ""),
                description=it.get("AlarmDescription", ""),
            )
            for page in pages.paginate(AlarmNames=sorted(ours))
            for it in page["MetricAlarms"]
            if it["StateValue"] == "ALARM"
        ]

    def audience(self) -> Audience:
        """Return who is subscribed to the topic of alarms."""
        pages = self.stack.client("sns").get_paginator("list_subscriptions_by_topic")
        arns = [
            it["SubscriptionArn"]
            for page in pages.paginate(TopicArn=self.stack.output("AlarmTopicArn"))
            for it in page["Subscriptions"]
        ]
        confirmed = sum(arn.startswith("arn:") for arn in arns)
        return Audience(confirmed, pending=arns.count("PendingConfirmation"))

    def _names_in(self, stack_name: str) -> Mapping[str, Mapping[str, str]]:
        pages = self.stack.client("cloudformation").get_paginator("list_stack_resources")
        found: dict[str, dict[str, str]] = {}
        for page in pages.paginate(StackName=stack_name):
            for it in page["StackResourceSummaries"]:
                of_type = found.setdefault(it["ResourceType"], {})
                of_type[it["LogicalResourceId"]] = it.get("PhysicalResourceId", "")
        return found

    def _parts(self, kind: str, ask: Any) -> Iterator[Part]:  # noqa: ANN401 - one call of AWS's
        for logical_id, name in sorted(self.names.get(f"AWS::{kind}", {}).items()):
            try:
                said = ask(name)
            except ClientError as error:
                if error.response["Error"].get("Code") not in MISSING:
                    raise
                said = {}
            yield Part(
                logical_id=logical_id,
                name=name,
                state=said.get("State", "").lower(),
                update=said.get("LastUpdateStatus", "").lower(),
                why=said.get("LastUpdateStatusReason") or said.get("StateReason") or "",
            )
