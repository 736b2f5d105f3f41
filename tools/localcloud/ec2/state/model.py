"""The parts of moto's EC2 objects that the local EC2 reads and changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

FROZEN_TAGS = "localcloud_tags"
"""Where a copy of one of moto's resources keeps the tags that it shows."""


@dataclass(frozen=True, order=True)
class Slot:
    """A place on an instance; device indexes count from 0 on each network card."""

    card: int
    index: int


@dataclass
class Attachment:
    """
    An interface on an instance; moto's serializer reads these fields by their names.

    ``plugged``: the instance has it; it is never `attached` before.
    """

    attachment_id: str
    attach_time: datetime
    device_index: int
    network_card_index: int
    instance_id: str
    instance_owner_id: str
    delete_on_termination: bool
    attached_at: float
    clock: Callable[[], float]
    plugged: bool
    detaching: bool = False

    @property
    def slot(self) -> Slot:
        """Where on the instance."""
        return Slot(self.network_card_index, self.device_index)

    @property
    def status(self) -> str:
        """EC2's AttachmentStatus at this moment."""
        if self.detaching:
            return "detaching"
        return "attached" if self.plugged and self.clock() >= self.attached_at else "attaching"


class Identified(Protocol):
    """Anything of moto's that has an id."""

    id: str


class Subnet(Identified, Protocol):
    """moto's Subnet."""

    vpc_id: str
    availability_zone: str
    availability_zone_id: str
    cidr: Any
    cidr_block: str
    ipv6_cidr_block_associations: dict[str, dict[str, Any]]

    def get_available_subnet_ip(self, instance: None) -> str:
        """Take the next free address; StopIteration when there is none."""

    def request_ip(self, ip: str, instance: None) -> None:
        """Take an address that is free."""

    def del_subnet_ip(self, ip: str) -> None:
        """Give an address back."""


class SecurityRule(Protocol):
    """moto's SecurityGroupRule."""

    ip_protocol: str
    from_port: int | None
    to_port: int | None
    cidr_ipv4: str | None
    cidr_ipv6: str | None
    source_group: dict[str, str]


class SecurityGroup(Identified, Protocol):
    """moto's SecurityGroup."""

    vpc_id: str
    name: str
    ingress_rules: list[SecurityRule]
    egress_rules: list[SecurityRule]


class Vpc(Identified, Protocol):
    """moto's VPC."""

    cidr_block: str

    def get_cidr_block_association_set(self) -> list[dict[str, Any]]:
        """Return the IPv4 blocks, each as ``cidr_block``."""


class InternetGateway(Identified, Protocol):
    """moto's InternetGateway."""

    vpc: Vpc | None


class State(Protocol):
    """moto's InstanceState."""

    name: str
    code: int


class Interface(Identified, Protocol):
    """moto's NetworkInterface; ``attachment`` is ours."""

    subnet: Subnet
    instance: "Instance | None"
    attachment: Attachment | None
    owner_id: str
    interface_type: str
    requester_managed: bool
    operator: dict[str, Any] | None
    private_ip_address: str
    private_ip_addresses: list[dict[str, Any]]
    ipv6_addresses: list[str]
    mac_address: str
    source_dest_check: bool
    public_ip: str | None
    delete_on_termination: bool
    device_index: int | None
    status: str
    group_set: list[SecurityGroup]

    def get_filter_value(self, filter_name: str) -> object:
        """Return what a Describe filter compares."""


class Peering(Identified, Protocol):
    """moto's VPCPeeringConnection."""

    vpc: Vpc
    peer_vpc: Vpc
    status: dict[str, str]


class Route(Protocol):
    """moto's Route."""

    destination_cidr_block: str | None
    destination_ipv6_cidr_block: str | None
    local: bool
    interface: Interface | None
    instance: "Instance | None"
    vpc_pcx: Peering | None


class RouteTable(Identified, Protocol):
    """moto's RouteTable; an association has ``Main`` or ``SubnetId``."""

    vpc_id: str
    associations: list[dict[str, Any]]
    routes: list[Route]


class AclEntry(Protocol):
    """moto's NetworkAclEntry."""

    rule_number: int
    protocol: str
    rule_action: str
    egress: bool
    cidr_block: str | None
    ipv6_cidr_block: str | None
    icmp_type: int | None
    icmp_code: int | None
    port_range_from: int | None
    port_range_to: int | None


class AclAssociation(Protocol):
    """moto's NetworkAclAssociation."""

    subnet_id: str


class NetworkAcl(Identified, Protocol):
    """moto's NetworkAcl."""

    default: bool
    entries: list[AclEntry]
    associations: list[AclAssociation]


class Placement(Protocol):
    """moto's InstancePlacement."""

    availability_zone_id: str


class Instance(Identified, Protocol):
    """moto's Instance; ``nics`` has the primary interface at 0."""

    owner_id: str
    instance_type: str
    instance_state: State
    availability_zone: str
    placement: Placement
    source_dest_check: bool | str
    subnet_id: str | None
    hibernation_options: dict[str, Any]
    nics: dict[int, Interface]


class Reservation(Identified, Protocol):
    """moto's Reservation; describing returns copies."""

    instances: list[Instance]


class Backend(Protocol):
    """moto's EC2 of one account and Region."""

    enis: dict[str, Interface]
    tags: dict[str, dict[str, str]]
    subnets: dict[str, dict[str, Subnet]]
    vpcs: dict[str, Vpc]
    reservations: dict[str, Reservation]
    groups: dict[str, dict[str, SecurityGroup]]
    internet_gateways: dict[str, InternetGateway]
    route_tables: dict[str, RouteTable]
    network_acls: dict[str, NetworkAcl]
    vpc_pcxs: dict[str, Peering]

    def describe_instances(self, filters: dict[str, list[str]]) -> list[Reservation]:
        """Return copies of the reservations, each with the instances that pass."""

    def get_instance_by_id(self, instance_id: str) -> Instance | None:
        """Return an instance of any state."""

    def get_security_group_from_id(self, group_id: str) -> SecurityGroup | None:
        """Return a security group of any VPC."""

    def get_security_group_by_name_or_id(self, group: str) -> SecurityGroup | None:
        """Return a security group of the default VPC by name, or any by its id."""
