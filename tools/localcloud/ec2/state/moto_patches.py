"""What moto's interfaces and instances show of themselves, where it differs from EC2's."""

from collections.abc import Callable
from typing import Any

from localcloud.ec2.actions.attachments import attached_interfaces
from localcloud.ec2.state.model import FROZEN_TAGS, Instance, Interface
from localcloud.patches import internals

OnAttach = Callable[[Any, Any, int], str]
CLASS = "NetworkInterface"


def install(on_attach: OnAttach) -> None:
    """Change moto's classes, once; ``on_attach`` is what a launch does with its interfaces."""
    where = internals.MOTO_INTERFACES
    internals.replace(where, f"{CLASS}.attachment", _kept("attachment", lambda _: None))
    internals.replace(
        where, f"{CLASS}.owner_id", _kept("owner", lambda eni: eni.ec2_backend.account_id)
    )
    whose = _kept("owner", lambda vpc: vpc.ec2_backend.account_id)
    internals.replace("moto.ec2.models.vpcs", "VPC.owner_id", whose)
    # moto adds the groups of the instance, although they belong to the primary interface's VPC.
    own_groups = property(lambda eni: vars(eni)[internals.GROUPS])
    internals.replace(where, f"{CLASS}.group_set", own_groups)
    zone_id = property(lambda eni: eni.subnet.availability_zone_id)
    internals.add(where, f"{CLASS}.availability_zone_id", zone_id)
    association = internals.original(where, f"{CLASS}.association").fget
    none_if_empty = property(lambda eni: association(eni) or None)
    internals.replace(where, f"{CLASS}.association", none_if_empty)
    _install_filters()
    _install_instances(on_attach)
    internals.replace("moto.ec2.models.core", "TaggedEC2Resource.get_tags", _tags)


def _kept(name: str, default: Callable[[Any], object]) -> property:
    """Return a property kept in the object's own ``localcloud_<name>``."""
    key = f"localcloud_{name}"

    def read(self: object) -> object:
        return vars(self)[key] if key in vars(self) else default(self)

    return property(read, lambda self, value: vars(self).__setitem__(key, value))


def _install_filters() -> None:
    moto_value = internals.original(internals.MOTO_INTERFACES, f"{CLASS}.get_filter_value")

    def value(interface: Interface, name: str, method: str | None = None) -> object:
        known = FILTERS.get(name)
        return known(interface) if known else moto_value(interface, name, method)

    internals.replace(internals.MOTO_INTERFACES, f"{CLASS}.get_filter_value", value)


def _of_attachment(field: str) -> Callable[[Any], object]:
    return lambda eni: getattr(eni.attachment, field) if eni.attachment else ""


# The filters of DescribeNetworkInterfaces that moto lacks.
FILTERS: dict[str, Callable[[Any], object]] = {
    "attachment.attachment-id": _of_attachment("attachment_id"),
    "attachment.delete-on-termination": _of_attachment("delete_on_termination"),
    "attachment.device-index": _of_attachment("device_index"),
    "attachment.instance-id": _of_attachment("instance_id"),
    "attachment.network-card-index": _of_attachment("network_card_index"),
    "attachment.status": _of_attachment("status"),
    "availability-zone-id": lambda eni: eni.availability_zone_id,
    "operator.managed": lambda eni: bool((getattr(eni, "operator", None) or {}).get("Managed")),
    "operator.principal": lambda eni: (getattr(eni, "operator", None) or {}).get("Principal", ""),
    "owner-id": lambda eni: eni.owner_id,
}


def _install_instances(on_attach: OnAttach) -> None:
    where = internals.MOTO_INSTANCES

    def attach_eni(instance: Instance, eni: Interface, device_index: int) -> str:
        return on_attach(instance, eni, int(device_index))

    internals.replace(where, "Instance.attach_eni", attach_eni)
    internals.replace(where, "Instance.network_interfaces", property(attached_interfaces))
    for name in ("private_ip_address", "subnet_id", "vpc_id"):
        shown = internals.original(where, f"Instance.{name}").fget
        internals.replace(where, f"Instance.{name}", _gone_once_terminated(shown))


def _gone_once_terminated(shown: Callable[[Any], object]) -> property:
    """Hide what an instance loses at termination (EC2 User Guide, "Terminate")."""
    return property(lambda self: None if self.instance_state.name == "terminated" else shown(self))


def _tags(resource: Any) -> list[dict[str, str]]:  # noqa: ANN401 - any of moto's resources
    """Look a resource's tags up by its id; moto reads through those of all resources."""
    now = resource.ec2_backend.tags.get(resource.id, {})
    tags = vars(resource).get(FROZEN_TAGS, now)
    return [{"key": key, "value": value} for key, value in tags.items()]
