"""What plans and rules rest on, for tests: candidates and views made of the builders' values."""

from collections.abc import Iterable
from typing import Any, overload

from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import Capacity, Instance, Interface, Vpc
from dualhome.domain.observed import (
    ObservedInstance,
    ObservedInterface,
    ObservedVpc,
    observed_instance,
    observed_interface,
    observed_vpc,
)
from dualhome.domain.planning.eligibility import Candidate
from dualhome.domain.planning.types import Holder, InstanceView
from dualhome.domain.tags import TagKeys
from tests.support.builders.values import (
    INSTANCE,
    MGMT,
    NOW,
    POLICY,
    a_cause,
    a_vpc,
    an_app_vpc,
    an_instance,
    an_interface,
)


@overload
def observed(shown: Instance | ObservedInstance, keys: TagKeys = ...) -> ObservedInstance: ...
@overload
def observed(shown: Interface | ObservedInterface, keys: TagKeys = ...) -> ObservedInterface: ...
@overload
def observed(shown: Vpc, keys: TagKeys = ...) -> ObservedVpc: ...
def observed(
    shown: Instance | ObservedInstance | Interface | ObservedInterface | Vpc,
    keys: TagKeys = POLICY.keys,
) -> ObservedInstance | ObservedInterface | ObservedVpc:
    """Return a resource with what its tags say; one that is observed already as it is."""
    match shown:
        case Instance():
            return observed_instance(shown, shown.tags, keys)
        case Interface():
            return observed_interface(shown, shown.tags, keys)
        case Vpc():
            return observed_vpc(shown, shown.tags, keys)
        case ObservedInstance() | ObservedInterface():
            return shown


def a_candidate(
    interface: Interface | None = None,
    instance: Instance | None = None,
    *,
    vpcs: Iterable[Vpc] | None = None,
    **fields: Any,
) -> Candidate:
    """Return an eligible candidate for the target ``mgmt``."""
    known = (an_app_vpc(), a_vpc()) if vpcs is None else vpcs
    ordinary: dict[str, Any] = {"target": MGMT, "policy": POLICY}
    keys = fields.get("policy", POLICY).keys
    return Candidate(
        interface=observed(interface or an_interface(), keys),
        instance=observed(instance or an_instance(), keys),
        vpcs={it.id: observed(it, keys) for it in known},
        **(ordinary | fields),
    )


def a_view(
    instance: Instance | ObservedInstance | None,
    *,
    records: Iterable[Attachment] = (),
    pool: Iterable[Interface | ObservedInterface] = (),
    vpcs: Iterable[Vpc] | None = None,
    capacity: int = 3,
    **fields: Any,
) -> InstanceView:
    """Return what a plan for ``instance`` rests on; claims follow from ``records``."""
    known = (an_app_vpc(), a_vpc()) if vpcs is None else vpcs
    kept = tuple(records)
    ordinary: dict[str, Any] = {
        "id": instance.id if instance else INSTANCE,
        "claims": {
            it.interface: Holder(it.instance, it.target)
            for it in kept
            if it.holding and it.interface
        },
        "policy": POLICY,
        "cause": a_cause(),
        "now": NOW,
        "read_at": NOW,
    }
    return InstanceView(
        instance=observed(instance) if instance else None,
        records={it.target: it for it in kept},
        pool={it.id: observed(it) for it in pool},
        vpcs={it.id: observed(it) for it in known},
        capacity=Capacity({0: capacity}),
        **(ordinary | fields),
    )
