"""A local AWS to test against, and what tests build in it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.support.readers.processes import comes_true

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import TagTypeDef

ROOT = Path(__file__).parents[3]
AT_ONCE = ("--attach-seconds", "0", "--detach-seconds", "0", "--instance-seconds", "0")


@cache
def _client(url: str, service: Any, key: str, secret: str, token: str) -> Any:  # noqa: ANN401 - any service's
    """Making a client takes 0.1 s, so each is made once."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token or None,
        config=Config(retries={"total_max_attempts": 1}),
    )


@dataclass(frozen=True)
class Cloud:
    """A running local AWS."""

    url: str
    process: "subprocess.Popen[str]"

    def client(self, service: Any, key: str, secret: str = "any", token: str = "") -> Any:  # noqa: ANN401, S107 - any service's; the administrator's secret is not looked at
        """Return a client that does not retry."""
        return _client(self.url, service, key, secret, token)

    def control(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Use a control path."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}/_localcloud/{path}", method=method, data=data)
        with urlopen(request) as reply:
            return json.load(reply)


@contextmanager
def running_cloud(*options: str) -> Iterator[Cloud]:
    """Run a local AWS of one's own on a free port; it ends with us, however we end."""
    command = [
        sys.executable,
        "-m",
        "localcloud.server.__main__",
        "--port",
        "0",
        "--exit-with-stdin",
    ]
    with subprocess.Popen(
        [*command, *options],
        env=os.environ | {"PYTHONPATH": str(ROOT / "tools")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdin
        _, url = process.stdout.readline().split()
        yield Cloud(url, process)
        process.stdin.close()
        process.wait(60)


@dataclass(frozen=True)
class Lab:
    """An account of a test's own, and short ways to fill it."""

    cloud: Cloud
    account: str

    @property
    def ec2(self) -> "EC2Client":
        """The account's EC2."""
        client: EC2Client = self.client("ec2")
        return client

    def client(self, service: str) -> Any:  # noqa: ANN401 - any service's
        """Return a client of the account's administrator."""
        return self.cloud.client(service, self.account)

    def subnet(self, zone: str = "us-east-1a", cidr: str = "10.0.0.0/20") -> str:
        """Return a subnet in a VPC of its own."""
        vpc = self.ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
        made = self.ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)
        return made["Subnet"]["SubnetId"]

    def instance(self, subnet: str, **more: Any) -> str:
        """Launch an instance."""
        launched = self.ec2.run_instances(
            ImageId="ami-12345678",
            InstanceType="t3.medium",
            MinCount=1,
            MaxCount=1,
            SubnetId=subnet,
            **more,
        )
        return launched["Instances"][0]["InstanceId"]

    def interface(self, subnet: str, **more: Any) -> str:
        """Create an interface."""
        made = self.ec2.create_network_interface(SubnetId=subnet, **more)
        return made["NetworkInterface"]["NetworkInterfaceId"]

    def attach(self, instance: str, interface: str, index: int = 1) -> str:
        """Attach; return the attachment's id."""
        return self.ec2.attach_network_interface(
            InstanceId=instance, NetworkInterfaceId=interface, DeviceIndex=index
        )["AttachmentId"]

    def shown(self, interface: str) -> dict[str, Any]:
        """Return an interface as DescribeNetworkInterfaces shows it."""
        found = self.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])
        return dict(found["NetworkInterfaces"][0])

    def shown_instance(self, instance: str) -> dict[str, Any]:
        """Return an instance as DescribeInstances shows it."""
        found = self.ec2.describe_instances(InstanceIds=[instance])
        return dict(found["Reservations"][0]["Instances"][0])

    def status(self, interface: str) -> tuple[str, str | None]:
        """Return an interface's status and its attachment's."""
        shown = self.shown(interface)
        return shown["Status"], shown.get("Attachment", {}).get("Status")

    def pair(self) -> tuple[str, str]:
        """Return an instance, and a free interface of another VPC in its zone."""
        return self.instance(self.subnet()), self.interface(self.subnet(cidr="10.1.0.0/20"))


def tag(key: str, value: str = "1") -> "TagTypeDef":
    """Return a tag as the tagging calls take it."""
    return {"Key": key, "Value": value}


def refusal(call: Callable[..., object], **parameters: Any) -> tuple[str, str]:
    """Return the code and message with which AWS refuses a call."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def eventually(fact: Callable[[], bool]) -> bool:
    """Return whether ``fact`` comes true: in a moment here, but machines under load have longer."""
    return comes_true(fact)
