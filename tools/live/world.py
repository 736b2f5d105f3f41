"""What probes work with: clients, the run's network, instances and interfaces with its tag."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.exceptions import ClientError
from ulid import ULID

from live.account import Account
from live.events import EventWatch
from live.network import INSTANCE_TYPE, MOST_INSTANCES, Network, Vpc
from live.tagging import Run, specify

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

IMAGE: Final = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
"""EC2 User Guide, "Reference AMIs using Systems Manager parameters"."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
T = TypeVar("T")


class EndOfPatienceError(Exception):
    """A probe cannot go on, and its belief stays unclear; the message says why."""


@dataclass
class World:
    """
    A run's place in an account.

    ``outputs``: those of the run's stack. ``may_launch``: so many instances more.
    ``patience``: seconds after which a probe takes what has not come for what does not come.
    """

    account: Account
    run: Run
    network: Network
    events: EventWatch
    outputs: Mapping[str, str]
    patience: float
    may_launch: int = MOST_INSTANCES
    _launched: list[str] = field(default_factory=list)

    def client(self, service: str) -> Any:  # noqa: ANN401 - the caller names the client's type
        """Return the run's client of ``service``, with the caller's own credentials."""
        return self.account.client(service)

    @property
    def ec2(self) -> "EC2Client":
        """The caller's EC2."""
        client: EC2Client = self.client("ec2")
        return client

    def name(self, kind: str) -> str:
        """Return a name of the run's own for something of a kind; AWS may keep used ones."""
        return f"{self.run.stack}-{kind}-{str(ULID())[-12:].lower()}"

    def launch(
        self, tags: Mapping[str, str] | None = None, *, state: str = "running", **more: Any
    ) -> str:
        """
        Launch an instance in the application subnet, tagged in the launch call itself.

        It is waited for until it is in ``state``, and terminated when its probe ends.
        ``more``: further parameters of RunInstances.
        """
        wanted = {
            "ImageId": IMAGE,
            "InstanceType": INSTANCE_TYPE,
            "SubnetId": self.network.application.subnet,
            "TagSpecifications": specify(self.run, tags or {}, "instance", "volume"),
        }
        if not self.may_launch:
            raise EndOfPatienceError("the run has launched as many instances as it said")
        self.may_launch -= 1
        made = self.ec2.run_instances(MinCount=1, MaxCount=1, **(wanted | more))
        instance = made["Instances"][0]["InstanceId"]
        self._launched.append(instance)
        self.instance_comes_to(instance, state)
        return instance

    def instance_comes_to(self, instance: str, state: str) -> None:
        """
        Wait until DescribeInstances shows ``instance`` in ``state``.

        Raises:
            EndOfPatienceError: it did not in ten minutes.
        """
        if not self.wait_until(
            lambda: self.shown_instance(instance).get("State", {}).get("Name") == state, 600
        ):
            raise EndOfPatienceError(f"{instance} did not become {state} in ten minutes")

    def end_instances(self) -> None:
        """Terminate what ``launch`` has made since the last call; they are not waited for."""
        if self._launched:
            self.ec2.terminate_instances(InstanceIds=self._launched)
            self._launched.clear()

    def interface(
        self, tags: Mapping[str, str] | None = None, *, vpc: Vpc | None = None, **more: Any
    ) -> str:
        """Create an interface in ``vpc``, the target's if None; it stays until the run ends."""
        place = vpc or self.network.target
        wanted = {
            "SubnetId": place.subnet,
            "Groups": [place.group],
            "TagSpecifications": specify(self.run, tags or {}, "network-interface"),
        }
        made = self.ec2.create_network_interface(**(wanted | more))
        return made["NetworkInterface"]["NetworkInterfaceId"]

    def attach(self, instance: str, interface: str, index: int = 1) -> str:
        """Ask EC2 to attach; return the attachment's id."""
        return self.ec2.attach_network_interface(
            InstanceId=instance, NetworkInterfaceId=interface, DeviceIndex=index
        )["AttachmentId"]

    def shown_instance(self, instance: str) -> dict[str, Any]:
        """Return an instance as DescribeInstances shows it by id; empty while it shows none."""
        try:
            found = self.ec2.describe_instances(InstanceIds=[instance])
        except self.ec2.exceptions.ClientError as error:
            if code_of(error) != "InvalidInstanceID.NotFound":
                raise
            return {}
        return dict(found["Reservations"][0]["Instances"][0])

    def shown_interface(self, interface: str) -> dict[str, Any]:
        """Return an interface as DescribeNetworkInterfaces shows it by id; empty if it is gone."""
        try:
            found = self.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])
        except self.ec2.exceptions.ClientError as error:
            if code_of(error) != "InvalidNetworkInterfaceID.NotFound":
                raise
            return {}
        return dict(found["NetworkInterfaces"][0])

    def attachment_status(self, interface: str) -> str:
        """Return the status of an interface's attachment, empty if it has none."""
        attachment = self.shown_interface(interface).get("Attachment", {})
        return str(attachment.get("Status", ""))

    def wait_until(self, fact: Callable[[], T], seconds: float | None = None) -> T:
        """Ask ``fact`` until its answer is true or ``seconds`` (``patience``) end; return it."""
        limit = self.patience if seconds is None else seconds
        deadline = time.monotonic() + limit
        pause = min(max(self.patience / 50, SHORTEST_PAUSE), LONGEST_PAUSE)
        while not (answer := fact()) and time.monotonic() < deadline:
            time.sleep(pause)
        return answer


def code_of(error: ClientError) -> str:
    """Return the code that AWS gave with an error."""
    return error.response["Error"]["Code"]


def refusal(call: Callable[..., object], **parameters: Any) -> tuple[str, str] | None:
    """Return code and message with which AWS refuses ``call``, None if it does not."""
    try:
        call(**parameters)
    except ClientError as error:
        return code_of(error), error.response["Error"]["Message"]
    return None
