"""The tag that everything of a run carries from its creation, so that it is found again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ulid import ULID

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import TagSpecificationTypeDef

RUN_TAG = "dualhome-live-run"
STACK = "dualhome-live"
"""Stack and tag prefix of a run: neither is that of an installation."""


def role_path(region: str) -> str:
    """Return the path of the roles that probes make."""
    return f"/{STACK}/{region}/"


def bucket_prefix(account: str, region: str) -> str:
    """Return how the names of the buckets of runs begin."""
    return f"{STACK}-{region}-{account}-"


@dataclass(frozen=True)
class Run:
    """One run: its id, the prefix of its stack's tags, and the name of that stack."""

    id: str
    prefix: str = STACK
    stack: str = STACK

    @staticmethod
    def new() -> "Run":
        """Return a run with an id that says when it began."""
        return Run(str(ULID()))

    def tags(self, tags: Mapping[str, str] | None = None) -> list[Any]:
        """Return ``tags`` and the run's own, as most AWS calls take them; each types them anew."""
        return pairs({RUN_TAG: self.id, **(tags or {})})


def pairs(tags: Mapping[str, str]) -> list[Any]:
    """Return ``tags`` as most AWS calls take them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def specify(run: Run, tags: Mapping[str, str], *kinds: str) -> "list[TagSpecificationTypeDef]":
    """Return the ``TagSpecifications`` of a creation that makes resources of ``kinds``."""
    return [
        {"ResourceType": kind, "Tags": run.tags(tags)}  # type: ignore[typeddict-item]
        for kind in kinds
    ]
