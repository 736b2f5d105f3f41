"""Instances of which nothing is recorded: EC2 and their tags say why."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from dualhome.domain.identifiers import InstanceId
from dualhome.domain.network import Instance
from dualhome.domain.tags import TagKeys
from dualhome_cli.stack import Stack


@dataclass(frozen=True, slots=True)
class Absence:
    """Nothing is recorded of ``instance``; ``unknown``: EC2 does not show it either."""

    instance: InstanceId
    why: str
    unknown: bool = False


def absences(stack: Stack, ids: Collection[InstanceId]) -> Iterator[Absence]:
    """Say why nothing is recorded of each of ``ids``; one call, and none without ids."""
    shown = stack.sources.instances.describe(ids) if ids else {}
    for id_ in ids:
        if found := shown.get(id_):
            yield Absence(id_, f"{id_}: {_explained(found, stack.keys)}")
        else:
            where = f"{stack.region} (account {stack.account})"
            advice = "look at the id, --region and --profile."
            yield Absence(
                id_, f"{id_}: there is no such instance in {where}: {advice}", unknown=True
            )


def _explained(instance: Instance, keys: TagKeys) -> str:
    if keys.ignore in instance.tags:
        return f"its tag {keys.ignore} tells dualhome to keep its hands off."
    if wanted := instance.tags.get(keys.targets, "").strip():
        return (
            f"it asks for {wanted!r}, but nothing is recorded yet: look again in a minute,"
            " then run `dualhome doctor`."
        )
    return (
        f"it asks for nothing: it has no tag {keys.targets}. `dualhome plan` shows what it might."
    )
