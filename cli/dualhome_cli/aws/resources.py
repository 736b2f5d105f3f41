"""The stack's parts, as the service of each describes them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from dualhome_cli.doctor.facts import Alarm, Audience, Part, StackState

MISSING = frozenset({"ResourceNotFoundException", "ResourceNotFound"})


@dataclass(frozen=True)
class AwsResources:
    """The port ``Resources``; ``client`` makes the client of a service."""

    client: Callable[[str], Any]
    stack_name: str

    @cached_property
    def names(self) -> Mapping[str, Mapping[str, str]]:
        """AWS's name of each resource, by type, then by its name in the template."""
        return self._names_in(self.stack_name)

    @cached_property
    def stack(self) -> StackState:
        """The stack itself, now."""
        client = self.client("cloudformation")
        found = client.describe_stacks(StackName=self.stack_name)["Stacks"][0]
        return StackState(found["StackStatus"], found["CreationTime"])

    def rules(self) -> list[Part]:
        """Return the rules of EventBridge."""
        events = self.client("events")
        return list(self._parts("Events::Rule", lambda it: events.describe_rule(Name=it)))

    def schedules(self) -> list[Part]:
        """Return the schedules of EventBridge Scheduler."""
        scheduler = self.client("scheduler")
        return list(self._parts("Scheduler::Schedule", lambda it: scheduler.get_schedule(Name=it)))

    def sources(self) -> list[Part]:
        """Return the event source mappings."""
        functions = self.client("lambda")
        return list(
            self._parts(
                "Lambda::EventSourceMapping",
                lambda it: functions.get_event_source_mapping(UUID=it),
            )
        )

    def functions(self) -> list[Part]:
        """Return the functions."""
        functions = self.client("lambda")
        return list(
            self._parts(
                "Lambda::Function",
                lambda it: functions.get_function_configuration(FunctionName=it),
            )
        )

    def alarms(self) -> list[Alarm]:
        """Return the raised ones of the alarms that the nested stack has created."""
        nested = self.names.get("AWS::CloudFormation::Stack", {}).values()
        found = [self._names_in(name).get("AWS::CloudWatch::Alarm", {}) for name in nested]
        ours = {name: logical_id for names in found for logical_id, name in names.items()}
        if not ours:  # asked for no names, CloudWatch describes every alarm of the account
            return []
        pages = self.client("cloudwatch").get_paginator("describe_alarms")
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

    def roles(self) -> Mapping[str, str]:
        """Return the names of the roles, by their names in the template."""
        return self.names.get("AWS::IAM::Role", {})

    def _names_in(self, stack_name: str) -> Mapping[str, Mapping[str, str]]:
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
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


def read_audience(sns: Any, topic: str) -> Audience:  # noqa: ANN401 - its types are not installed
    """Return the subscriptions of ``topic``; SNS lists a deleted one for a while."""
    pages = sns.get_paginator("list_subscriptions_by_topic")
    arns = [
        it["SubscriptionArn"]
        for page in pages.paginate(TopicArn=topic)
        for it in page["Subscriptions"]
    ]
    confirmed = sum(arn.startswith("arn:") for arn in arns)
    return Audience(confirmed, pending=arns.count("PendingConfirmation"))
