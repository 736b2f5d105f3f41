"""The breaker of releases, rehearsed: it is read, and what it would admit is kept in mind."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.dynamodb_brake import KEY
from dualhome.domain.identifiers import InstanceId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class Let:
    """Whom the breaker has let go since the last sweep; ``held``: it lets nobody go any more."""

    held: bool = False
    instances: frozenset[InstanceId] = frozenset()


@dataclass
class RehearsedBrake:
    """The answers that the breaker would give; ``read`` is called when it is first asked."""

    most: int
    read: Callable[[], Let]

    @cached_property
    def _let(self) -> Let:
        return self.read()

    @cached_property
    def _admitted(self) -> set[InstanceId]:
        return set(self._let.instances)

    def admits(self, instance: InstanceId) -> bool:
        """Say whether ``instance`` would be let go, after those asked about before."""
        room = instance in self._admitted or len(self._admitted) < self.most
        if self._let.held or self.most == 0 or not room:
            return False
        self._admitted.add(instance)
        return True


def read_brake(dynamodb: "DynamoDBClient", table: str) -> Let:
    """Return what the ledger knows of the breaker."""
    with domain_errors():
        found = dynamodb.get_item(TableName=table, Key=KEY, ConsistentRead=True)
    item = found.get("Item", {})
    return Let(
        held="held" in item,
        instances=frozenset(map(InstanceId, item.get("instances", {}).get("SS", []))),
    )
