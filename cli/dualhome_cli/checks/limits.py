"""How near the account is to AWS's limits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dualhome_cli.checks.finding import Remark, Severity, error, note, warning

DEFAULT_QUOTA = 5000
"""Interfaces in a zone (Amazon VPC User Guide, "Amazon VPC quotas")."""

NEARLY = 0.8


@dataclass(frozen=True, slots=True)
class Interfaces:
    """The account's interfaces by zone, of whatever service; ``quota`` None is not known."""

    by_zone: Mapping[str, int]
    quota: int | None


def interface_quota(it: Interfaces) -> Iterator[Remark]:
    """Nobody can create an interface, nor launch an instance, beyond it."""
    quota = it.quota or DEFAULT_QUOTA
    remedy = "Ask for more in Service Quotas: Amazon VPC, network interfaces."
    for zone, count in sorted(it.by_zone.items()):
        what = f"{zone}: {count} of {quota} interfaces"
        if count >= quota:
            yield error(what, remedy)
        elif count >= NEARLY * quota:
            yield warning(what, remedy)
        else:
            yield Remark(Severity.OK, what)
    if it.quota is None:
        yield note(f"the account's own quota cannot be read; taken is AWS's default, {quota}")
