"""Whether all triggers of the deployed stack are enabled, and every function can run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from dualhome_cli.doctor.check import Remark, error, note, warning
from dualhome_cli.stack import Stack


@dataclass(frozen=True, slots=True)
class Part:
    """
    A part of the stack, by its name in the template; ``name`` is AWS's.

    ``state`` is AWS's, in lower case: ``enabled``, ``active``; empty if it is not there.
    ``update`` is how a function's last update ended, ``why`` what AWS says of it.
    """

    logical_id: str
    name: str
    state: str
    update: str = ""
    why: str = ""


def rules(parts: Iterable[Part]) -> Iterator[Remark]:
    """Rules turn EC2's events into looks."""
    for it in parts:
        if it.state != "enabled":
            yield error(
                f"rule {it.logical_id} ({it.name}) is {it.state or 'missing'}: its events are lost",
                f"aws events enable-rule --name {it.name}" if it.state else _deploy(),
            )


def schedules(parts: Iterable[Part]) -> Iterator[Remark]:
    """Without the sweep a lost event is never made good."""
    for it in parts:
        if it.state != "enabled":
            yield error(
                f"schedule {it.logical_id} ({it.name}) is {it.state or 'missing'}: nothing sweeps",
                _deploy(),
            )


def sources(parts: Iterable[Part]) -> Iterator[Remark]:
    """An event source mapping feeds a function from its queue, or its stream."""
    for it in parts:
        if it.state != "enabled":
            enable = f"aws lambda update-event-source-mapping --uuid {it.name} --enabled"
            yield error(
                f"event source {it.logical_id} ({it.name}) is {it.state or 'missing'}"
                " and feeds nothing",
                enable if it.state else _deploy(),
            )


def functions(parts: Iterable[Part]) -> Iterator[Remark]:
    """A function that is inactive for weeks of quiet wakes by itself at its next call."""
    for it in parts:
        said = f": {it.why}" if it.why else ""
        if it.state == "inactive":
            yield note(f"function {it.logical_id} ({it.name}) sleeps; its next call takes longer")
        elif it.state not in {"active", "pending"}:
            yield error(
                f"function {it.logical_id} ({it.name}) is {it.state or 'missing'}{said}", _deploy()
            )
        elif it.update == "failed":
            yield error(
                f"the last update of function {it.logical_id} ({it.name}) failed{said}", _deploy()
            )


def stack_status(status: str) -> Iterator[Remark]:
    """A stack in a failed state cannot be changed, and may be half old and half new."""
    if "FAILED" in status:
        yield error(f"the stack is in {status}", "Look at its events in CloudFormation.")
    elif status.endswith("IN_PROGRESS"):
        yield note(f"the stack is in {status}: what else is said here may be about to change")


@dataclass(frozen=True, slots=True)
class Alarm:
    """A raised alarm; ``why`` is CloudWatch's, ``description`` ours: a meaning, `Next:`, advice."""

    logical_id: str
    name: str
    why: str
    description: str

    @property
    def advice(self) -> str:
        """What to do next."""
        return self.description.rpartition("Next: ")[2]


@dataclass(frozen=True, slots=True)
class Alarms:
    """What is raised; ``young``: the stack has not had the time for three sweeps."""

    raised: Sequence[Alarm]
    young: bool


MEANT = frozenset(
    {
        "BreakerOpenAlarm",
        "ContestedAlarm",
        "PausedAlarm",
        "PoolLowAlarm",
        "ReleasesHeldAlarm",
    }
)
"""These say what another check calls a warning."""

SILENT = "SweepSilentAlarm"


def alarms(it: Alarms) -> Iterator[Remark]:
    """What CloudWatch has noticed before us."""
    for alarm in sorted(it.raised, key=lambda it: it.name):
        said = f"alarm {alarm.name} is raised: {alarm.why}"
        if alarm.logical_id == SILENT and it.young:
            yield note(f"alarm {alarm.name} is raised until the first sweeps have been seen")
        elif alarm.logical_id in MEANT:
            yield warning(said, alarm.advice)
        else:
            yield error(said, alarm.advice)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who hears of alarms: subscriptions that are confirmed, and those that are not yet."""

    confirmed: int
    pending: int


def audience(it: Audience) -> Iterator[Remark]:
    """An alarm that nobody hears is none."""
    if it.pending:
        yield warning(
            f"{it.pending} of those who should hear of alarms have not confirmed it",
            "Follow the link in SNS's message to them.",
        )
    elif not it.confirmed:
        yield note("nobody hears of alarms", "Set AlarmEmail or AlarmEndpoint, or subscribe.")


def _deploy() -> str:
    return "Deploy the stack again."


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
