"""SQS and STS of a deployment in memory: what the command sends is worked off at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from json import loads
from typing import Any

from dualhome.application.requests import ReconcileRequest
from dualhome.domain.ec2 import Instance, Interface
from dualhome.wire import parse_request
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    OPERATOR,
    OPERATOR_ID,
    an_instance,
    an_interface,
)
from tests.support.scenarios.scene import Scene, a_scene
from tests.support.scenarios.stack import PARAMETERS, InMemoryStack

NEVER = 10_000_000
"""Seconds that no test waits for."""


class WorkedOffSqs:
    """A client of SQS whose messages ``scene`` handles while the sender waits."""

    def __init__(self, scene: Scene) -> None:
        self.requests: list[ReconcileRequest] = []
        self.meanwhile: Callable[[], None] = lambda: None
        self._scene = scene

    def send_message_batch(
        self,
        *,
        QueueUrl: str,  # noqa: N803 - SQS's name
        Entries: Sequence[Mapping[str, Any]],  # noqa: N803 - SQS's name
    ) -> Mapping[str, Any]:
        """Take the messages, and let the deployment do what they ask for."""
        assert QueueUrl.endswith("/changes")
        requests = [parse_request(loads(entry["MessageBody"])) for entry in Entries]
        self._scene.clock.advance(max(entry.get("DelaySeconds", 0) for entry in Entries))
        self.requests += requests
        self._scene.invoke(*requests)
        self.meanwhile()
        self._scene.work_off()
        return {"Successful": []}


@dataclass(frozen=True, slots=True)
class Sts:
    """A client of STS, by whose clock it is ``now``."""

    now: Callable[[], datetime]

    def get_caller_identity(self) -> Mapping[str, Any]:
        """Say who asks, and when."""
        date = format_datetime(self.now().replace(microsecond=0), usegmt=True)
        return {
            "Arn": OPERATOR,
            "UserId": OPERATOR_ID,
            "ResponseMetadata": {"HTTPHeaders": {"date": date}},
        }


def a_deployment(
    *things: Instance | Interface, **parameters: str
) -> tuple[Scene, InMemoryStack, WorkedOffSqs]:
    """Return a deployment, the stack that a command finds, and its queue."""
    scene = a_scene(*(things or (an_instance(), an_interface())))
    sqs = WorkedOffSqs(scene)
    stack = InMemoryStack(
        ec2=scene.ec2,
        recorded=scene.ledger,
        paused_by=scene.pauses,
        clients={"sqs": sqs, "sts": Sts(scene.clock)},
        parameters=PARAMETERS | parameters,
    )
    return scene, stack, sqs


def be_stuck(scene: Scene) -> None:
    """Let EC2 not detach the interface that is no longer wanted, until its rollback gives up."""
    scene.request()
    scene.work_off()
    scene.ec2.tag(INSTANCE, {"dualhome:targets": ""})
    scene.ec2.detach_seconds = NEVER
    scene.request(event="event-2")
    scene.work_off(3600)


def let_go(scene: Scene) -> None:
    """Let EC2 detach it after all."""
    scene.ec2.detach_seconds = 0
    scene.ec2.detach(INTERFACE)
