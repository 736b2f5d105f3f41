"""The strict local EC2, for contract tests: an account for each test."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from dualhome.adapters.ec2.facts import Ec2Facts
from dualhome.adapters.ec2.instances import Ec2Instances, Ec2Vpcs
from dualhome.adapters.ec2.interfaces import Ec2Interfaces, check_each_write
from dualhome.domain.identifiers import AccountId, InstanceId, InterfaceId, SubnetId, VpcId, Zone
from localcloud.client.lifecycle import LocalCloud
from tests.support.builders.values import POLICY, ZONE
from tests.support.worlds.ec2 import Tags

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import TagTypeDef

CIDR = "10.0.0.0/24"


@dataclass(slots=True)
class LocalWorld:
    """An ``Ec2World`` in a running local cloud."""

    cloud: LocalCloud
    account: str
    client: "EC2Client" = field(init=False)
    instances: Ec2Instances = field(init=False)
    interfaces: Ec2Interfaces = field(init=False)
    vpcs: Ec2Vpcs = field(init=False)
    facts: Ec2Facts = field(init=False)

    def __post_init__(self) -> None:
        """Read the account through the adapters, with a client that does not retry."""
        self.client = self._connect(tries=1)
        self.instances = Ec2Instances(self.client)
        self.interfaces = Ec2Interfaces(self.client, POLICY.keys)
        self.vpcs = Ec2Vpcs(self.client)
        self.facts = Ec2Facts(self.client)

    def checked(self, check: Callable[[], None]) -> Ec2Interfaces:
        """Return the interfaces by an SDK that tries twice, with ``check`` before each write."""
        client = self._connect(tries=2)
        check_each_write(client, check)
        return Ec2Interfaces(client, POLICY.keys)

    def vpc(self, cidr: str, tags: Tags) -> VpcId:
        """Return a new VPC."""
        vpc = VpcId(self.client.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"])
        self._tag(vpc, tags)
        return vpc

    def share(self, vpc: VpcId, owner: AccountId) -> None:
        """Let ``vpc`` be one that ``owner`` shares with this account."""
        self.cloud.show_vpc(vpc, OwnerId=owner)

    def instance(
        self, *, zone: Zone = ZONE, type_: str = "t3.medium", tags: Tags | None = None
    ) -> InstanceId:
        """Return a new instance that runs in a VPC of its own."""
        launched = self.client.run_instances(
            ImageId="ami-12345678",
            InstanceType=type_,  # type: ignore[arg-type] # the stubs list them all
            MinCount=1,
            MaxCount=1,
            SubnetId=self._subnet(zone),
        )
        instance = InstanceId(launched["Instances"][0]["InstanceId"])
        self._tag(instance, tags or {})
        return instance

    def interface(self, *, zone: Zone = ZONE, tags: Tags | None = None) -> InterfaceId:
        """Return a new interface that is available in a VPC of its own."""
        made = self.client.create_network_interface(SubnetId=self._subnet(zone))
        interface = InterfaceId(made["NetworkInterface"]["NetworkInterfaceId"])
        self._tag(interface, tags or {})
        return interface

    def stop(self, instance: InstanceId) -> None:
        """Bring ``instance`` to `stopped`."""
        self.client.stop_instances(InstanceIds=[instance])

    def terminate(self, instance: InstanceId) -> None:
        """Bring ``instance`` to `terminated`."""
        self.client.terminate_instances(InstanceIds=[instance])

    def detach(self, interface: InterfaceId) -> None:
        """Detach ``interface`` as a person would."""
        self.client.detach_network_interface(AttachmentId=self._attachment(interface))

    def delete(self, interface: InterfaceId) -> None:
        """Delete ``interface``."""
        self.client.delete_network_interface(NetworkInterfaceId=interface)

    def delete_with_instance(self, interface: InterfaceId) -> None:
        """Let EC2 delete ``interface``, which is attached, when its instance terminates."""
        self.client.modify_network_interface_attribute(
            NetworkInterfaceId=interface,
            Attachment={"AttachmentId": self._attachment(interface), "DeleteOnTermination": True},
        )

    def lose_next_reply(self) -> None:
        """Let the next attach call be carried out, and only its reply be a server's error."""
        self.fail_next("InternalError", "An error on order.", after_execution=True)

    def fail_next(self, code: str, message: str, *, after_execution: bool = False) -> None:
        """Let the next attach call be answered with an error."""
        order = {"action": "AttachNetworkInterface", "error_code": code, "message": message}
        self.cloud.faults(order | {"after_execution": after_execution})

    def _connect(self, tries: int) -> "EC2Client":
        return _session().client(
            "ec2",
            endpoint_url=self.cloud.endpoint,
            region_name=self.cloud.region,
            aws_access_key_id=self.account,
            aws_secret_access_key="test",
            config=Config(retries={"mode": "standard", "total_max_attempts": tries}, proxies={}),
        )

    def _attachment(self, interface: InterfaceId) -> str:
        found = self.client.describe_network_interfaces(NetworkInterfaceIds=[interface])
        return found["NetworkInterfaces"][0]["Attachment"]["AttachmentId"]

    def _subnet(self, zone: Zone) -> SubnetId:
        vpc = self.vpc(CIDR, {})
        made = self.client.create_subnet(VpcId=vpc, CidrBlock=CIDR, AvailabilityZone=zone)
        return SubnetId(made["Subnet"]["SubnetId"])

    def _tag(self, resource: str, tags: Tags) -> None:
        pairs: list[TagTypeDef] = [{"Key": key, "Value": value} for key, value in tags.items()]
        if pairs:
            self.client.create_tags(Resources=[resource], Tags=pairs)


@cache
def _session() -> boto3.Session:
    """A session remembers the service's model, which takes long to read."""
    return boto3.Session()
