"""EC2's interfaces: read the pools, attach, and see what became of it."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.ec2 import shapes
from dualhome.adapters.ec2.shapes import filters
from dualhome.domain.ec2 import DeviceSlot, Interface
from dualhome.domain.errors import InterfaceGoneError
from dualhome.domain.identifiers import AttachmentId, InstanceId, InterfaceId, TargetName
from dualhome.domain.tags import TagKeys

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import FilterTypeDef


WRITES = ("AttachNetworkInterface", "DetachNetworkInterface")


def check_each_write(ec2: "EC2Client", check: Callable[[], None]) -> None:
    """
    Call ``check`` before ``ec2`` sends a request that attaches or detaches, its retries included.

    What ``check`` raises ends the call. botocore's event ``before-send`` comes once for each
    attempt (botocore, ``Endpoint._do_get_response``); its retry handlers repeat errors of the
    network alone.
    """

    def before_send(**_: Any) -> None:
        check()

    for action in WRITES:
        ec2.meta.events.register(f"before-send.ec2.{action}", before_send)


class Ec2Interfaces:
    """The account's interfaces in the Region."""

    def __init__(self, ec2: "EC2Client", keys: TagKeys) -> None:
        self._ec2 = ec2
        self._keys = keys

    def pool(self, targets: Iterable[TargetName]) -> Mapping[InterfaceId, Interface]:
        """Return the interfaces tagged for one of ``targets``, managed ones too."""
        return {
            it.id: it
            for one in filters(f"tag:{self._keys.pool}", targets)
            for it in self._read(one).values()
        }

    def attach(
        self, instance: InstanceId, interface: InterfaceId, slot: DeviceSlot
    ) -> AttachmentId:
        """
        Ask EC2 to attach; the answer means accepted, not attached.

        The network card is always named: on types with several, leaving it out makes EC2 say
        that a free index is taken.
        """
        with domain_errors():
            answer = self._ec2.attach_network_interface(
                InstanceId=instance,
                NetworkInterfaceId=interface,
                DeviceIndex=slot.index,
                NetworkCardIndex=slot.card,
            )
        return AttachmentId(answer["AttachmentId"])

    def detach(self, attachment: AttachmentId, *, force: bool = False) -> None:
        """Ask EC2 to detach; forcing is a last resort that leaves the guest's view stale."""
        with domain_errors():
            self._ec2.detach_network_interface(AttachmentId=attachment, Force=force)

    def find(self, interface: InterfaceId) -> Interface | None:
        """Return ``interface``, asked for by its id: lists may lag, or leave it out."""
        try:
            with domain_errors():
                answer = self._ec2.describe_network_interfaces(
                    NetworkInterfaceIds=[interface], IncludeManagedResources=True
                )
        except InterfaceGoneError:
            return None
        return shapes.interface(answer["NetworkInterfaces"][0])

    def _read(self, filter_: "FilterTypeDef") -> dict[InterfaceId, Interface]:
        pages = self._ec2.get_paginator("describe_network_interfaces").paginate(
            Filters=[filter_],
            IncludeManagedResources=True,
            PaginationConfig={"PageSize": shapes.PAGE},
        )
        with domain_errors():
            found = [shapes.interface(it) for page in pages for it in page["NetworkInterfaces"]]
        return {interface.id: interface for interface in found}
