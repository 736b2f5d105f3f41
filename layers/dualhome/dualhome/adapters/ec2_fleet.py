"""All of EC2's instances and interfaces that have to do with us, for a sweep."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dualhome.adapters import ec2_shapes
from dualhome.adapters.aws_errors import domain_errors
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.network import Instance, Interface
from dualhome.domain.tags import TagKeys

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client


class Ec2Fleet:
    """The account in the Region."""

    def __init__(self, ec2: "EC2Client", keys: TagKeys) -> None:
        self._ec2 = ec2
        self._keys = keys

    def asking(self) -> Mapping[InstanceId, Instance]:
        """Return every instance that carries a tag of ours, whatever its state."""
        pages = self._ec2.get_paginator("describe_instances").paginate(
            Filters=[{"Name": "tag-key", "Values": [self._keys.targets, self._keys.ignore]}],
            PaginationConfig={"PageSize": ec2_shapes.PAGE},
        )
        with domain_errors():
            found = [it for page in pages for it in ec2_shapes.instances(page["Reservations"])]
        return {instance.id: instance for instance in found}

    def pools(self) -> Mapping[InterfaceId, Interface]:
        """Return every interface that is in a pool, managed ones too."""
        pages = self._ec2.get_paginator("describe_network_interfaces").paginate(
            Filters=[{"Name": "tag-key", "Values": [self._keys.pool]}],
            IncludeManagedResources=True,
            PaginationConfig={"PageSize": ec2_shapes.PAGE},
        )
        with domain_errors():
            found = [ec2_shapes.interface(it) for page in pages for it in page["NetworkInterfaces"]]
        return {interface.id: interface for interface in found}
