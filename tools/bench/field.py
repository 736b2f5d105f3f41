"""A field to measure on: an application's subnet, and in another VPC a pool in the same zone."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.stage import Stage, wait
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.states import State

if TYPE_CHECKING:
    from mypy_boto3_ec2.literals import InstanceTypeType, ResourceTypeType
    from mypy_boto3_ec2.type_defs import TagSpecificationTypeDef

ZONE = "us-east-1a"
IMAGE = "ami-12c6146b"


@dataclass(frozen=True)
class Field:
    """``target`` is this field's own: what other figures left does not count."""

    stage: Stage
    target: TargetName
    subnet: str
    pool: frozenset[InterfaceId]

    @staticmethod
    def make(stage: Stage, name: str, interfaces: int) -> "Field":
        """Make both VPCs and the pool."""
        target = TargetName(name)
        app, subnet = _vpc(stage, "10.0.0.0/16", {})
        tags = {"dualhome:target": target, "dualhome:allow-from": app}
        _, target_subnet = _vpc(stage, "10.1.0.0/16", tags)
        made = [
            stage.ec2.create_network_interface(
                SubnetId=target_subnet,
                TagSpecifications=_tagged("network-interface", {"dualhome:pool": target}),
            )
            for _ in range(interfaces)
        ]
        pool = frozenset(InterfaceId(it["NetworkInterface"]["NetworkInterfaceId"]) for it in made)
        return Field(stage, target, subnet, pool)

    def launch(
        self, count: int, *, tagged: bool, type_: "InstanceTypeType" = "t3.medium"
    ) -> list[InstanceId]:
        """Launch instances in one call; if ``tagged``, they ask for the target at once."""
        answer = self.stage.ec2.run_instances(
            ImageId=IMAGE,
            InstanceType=type_,
            MinCount=count,
            MaxCount=count,
            SubnetId=self.subnet,
            TagSpecifications=_tagged("instance", self._targets_tag) if tagged else [],
        )
        return [InstanceId(it["InstanceId"]) for it in answer["Instances"]]

    def tag(self, instance: InstanceId) -> None:
        """Tag an instance for the target."""
        tags = [{"Key": key, "Value": value} for key, value in self._targets_tag.items()]
        self.stage.ec2.create_tags(Resources=[instance], Tags=tags)  # type: ignore[arg-type]

    def untag(self, instance: InstanceId) -> None:
        """Take the target's tag off an instance."""
        self.stage.ec2.delete_tags(Resources=[instance], Tags=[{"Key": "dualhome:targets"}])

    def wait_until_running(self, count: int) -> None:
        """Wait for all ``count`` instances of this field."""
        running = [
            {"Name": "subnet-id", "Values": [self.subnet]},
            {"Name": "instance-state-name", "Values": ["running"]},
        ]
        pages = self.stage.ec2.get_paginator("describe_instances")

        def found() -> int:
            groups = pages.paginate(Filters=running).search("Reservations[]")  # type: ignore[arg-type]
            return sum(len(group["Instances"]) for group in groups)

        wait(lambda: found() == count)

    def count(self, state: State) -> int:
        """Return how many instances' records are in ``state``."""
        return sum(1 for _ in self.stage.ledger.in_state(self.target, state))

    def count_tagged(self, state: State) -> int:
        """Return how many instances have a status tag that says ``state``."""
        shown = self.stage.ec2.get_paginator("describe_tags").paginate(
            Filters=[
                {"Name": "key", "Values": ["dualhome-status"]},
                {"Name": "resource-type", "Values": ["instance"]},
            ]
        )
        tags = [tag["Value"] for page in shown for tag in page["Tags"]]
        return sum(tag.startswith(f"{self.target}={state}") for tag in tags)

    @property
    def _targets_tag(self) -> dict[str, str]:
        return {"dualhome:targets": self.target}


def _vpc(stage: Stage, cidr: str, tags: dict[str, str]) -> tuple[str, str]:
    made = stage.ec2.create_vpc(CidrBlock=cidr, TagSpecifications=_tagged("vpc", tags))
    vpc = made["Vpc"]["VpcId"]
    subnet = stage.ec2.create_subnet(
        VpcId=vpc, CidrBlock=cidr.replace("/16", "/24"), AvailabilityZone=ZONE
    )["Subnet"]
    return vpc, subnet["SubnetId"]


def _tagged(kind: "ResourceTypeType", tags: dict[str, str]) -> "list[TagSpecificationTypeDef]":
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    return [{"ResourceType": kind, "Tags": pairs}] if pairs else []  # type: ignore[typeddict-item]
