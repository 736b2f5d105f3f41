"""What plans and rules rest on, for tests: candidates and views made of the builders' values."""

from collections.abc import Iterable
from typing import Any

from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import Capacity, Instance, Interface, Vpc
from dualhome.domain.planning.eligibility import Candidate
from dualhome.domain.planning.types import Holder, InstanceView
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
    return Candidate(
        interface=interface or an_interface(),
        instance=instance or an_instance(),
        vpcs={vpc.id: vpc for vpc in known},
        **(ordinary | fields),
    )


def a_view(
    instance: Instance | None,
    *,
    records: Iterable[Attachment] = (),
    pool: Iterable[Interface] = (),
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
        instance=instance,
        records={it.target: it for it in kept},
        pool={it.id: it for it in pool},
        vpcs={vpc.id: vpc for vpc in known},
        capacity=Capacity({0: capacity}),
        **(ordinary | fields),
    )
