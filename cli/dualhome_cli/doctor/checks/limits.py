"""How near the account is to AWS's limits: interfaces per zone."""

from collections.abc import Iterator

from dualhome_cli.doctor.check import Remark, Severity, error, note, warning
from dualhome_cli.doctor.facts import Interfaces

DEFAULT_QUOTA = 5000
"""Interfaces in a zone (Amazon VPC User Guide, "Amazon VPC quotas")."""

NEARLY = 0.8


def interface_quota(interfaces: Interfaces) -> Iterator[Remark]:
    """EC2 creates no interface, and launches no instance, beyond it."""
    quota = interfaces.quota or DEFAULT_QUOTA
    remedy = "Ask for more in Service Quotas: Amazon VPC, network interfaces."
    for zone, count in sorted(interfaces.by_zone.items()):
        what = f"{zone}: {count} of {quota} interfaces"
        if count >= quota:
            yield error(what, remedy)
        elif count >= NEARLY * quota:
            yield warning(what, remedy)
        else:
            yield Remark(Severity.OK, what)
    if interfaces.quota is None:
        yield note(f"the account's own quota cannot be read; taken is AWS's default, {quota}")
