"""CloudFormation's updates of the stack that change one parameter, and their events."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from dualhome_cli.actions.update import Deployed, StackEvent

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.literals import CapabilityType
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef

CAPABILITIES: Sequence["CapabilityType"] = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
"""The template has roles, and a macro (CloudFormation API Reference, UpdateStack)."""

NO_CHANGE = "No updates are to be performed"


class CloudFormationUpdates:
    """The port ``StackUpdates``."""

    def __init__(self, cloudformation: "CloudFormationClient", name: str) -> None:
        self._cloudformation = cloudformation
        self._name = name

    def describe(self) -> Deployed:
        """Return the stack as it is now."""
        found = self._cloudformation.describe_stacks(StackName=self._name)["Stacks"][0]
        return Deployed(
            id=found["StackId"],
            name=found["StackName"],
            status=found["StackStatus"],
            parameters={
                it["ParameterKey"]: it.get("ParameterValue", "")
                for it in found.get("Parameters", [])
            },
            capabilities=tuple(found.get("Capabilities", [])),
        )

    def start(self, stack: Deployed, token: str, parameter: str, value: str) -> bool:
        """
        Start the update that changes ``parameter`` alone; return whether it changes anything.

        ``token`` marks the update's events. Tags, service role and all else stay as they are.
        """
        try:
            self._cloudformation.update_stack(
                StackName=stack.id,
                UsePreviousTemplate=True,
                Parameters=list(_changed(stack, parameter, value)),
                Capabilities=sorted({*stack.capabilities, *CAPABILITIES}),
                ClientRequestToken=token,
            )
        except ClientError as error:
            if NO_CHANGE in error.response["Error"].get("Message", ""):
                return False
            raise
        return True

    def follow(self, stack: Deployed, token: str, wait: Callable[[], None]) -> Iterator[StackEvent]:
        """Yield the events of the update marked by ``token``, oldest first, to its end."""
        seen: set[str] = set()
        while True:
            for event in reversed(list(self._unseen(stack.id, token, seen))):
                seen.add(event.id)
                yield event
                if event.ended is not None:
                    return
            wait()

    def _unseen(self, stack_id: str, token: str, seen: set[str]) -> Iterator[StackEvent]:
        """Yield new events, newest first, no further back than the update's own."""
        pages = self._cloudformation.get_paginator("describe_stack_events")
        for page in pages.paginate(StackName=stack_id):
            for event in page["StackEvents"]:
                if event["EventId"] in seen or event.get("ClientRequestToken") != token:
                    return
                yield _read(event)


def _changed(stack: Deployed, parameter: str, value: str) -> Iterable["ParameterTypeDef"]:
    for key in stack.parameters:
        if key == parameter:
            yield {"ParameterKey": key, "ParameterValue": value}
        else:
            yield {"ParameterKey": key, "UsePreviousValue": True}


def _read(event: Mapping[str, Any]) -> StackEvent:
    return StackEvent(
        id=event["EventId"],
        at=event["Timestamp"],
        resource=event["LogicalResourceId"],
        whole=event.get("PhysicalResourceId") == event["StackId"],
        status=event["ResourceStatus"],
        reason=event.get("ResourceStatusReason", ""),
    )
