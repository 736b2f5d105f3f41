"""The instances that a command is about: what they ask for, and what is recorded of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import click

from dualhome.application.survey import Sources
from dualhome.domain.attachment import Attachment
from dualhome.domain.drift import Wish, wish_of
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.network import Instance
from dualhome.domain.tags import TagKeys
from dualhome_cli.stack import Stack


@dataclass(frozen=True, slots=True)
class Subject:
    """One instance; ``instance`` is None when EC2 does not show it."""

    id: InstanceId
    instance: Instance | None
    records: Mapping[TargetName, Attachment]
    keys: TagKeys
    region: str

    @property
    def wish(self) -> Wish:
        """What its tags ask for."""
        return wish_of(self.instance, self.keys)

    @property
    def ignored(self) -> bool:
        """Whether dualhome keeps its hands off."""
        return self.instance is not None and self.keys.ignore in self.instance.tags

    def among(self, targets: Sequence[str]) -> Iterator[Attachment]:
        """Yield the records of ``targets``, or all if none is named."""
        return (it for it in self.records.values() if not targets or it.target in targets)


def read_subjects(stack: Stack, ids: Iterable[str]) -> list[Subject]:
    """
    Return what is known of the instances; each is named once.

    Raises:
        ClickException: of one nothing is known.
    """
    wanted = [InstanceId(id_) for id_ in dict.fromkeys(ids)]
    subjects = list(_read(wanted, stack.sources, stack))
    unknown = [it.id for it in subjects if not it.instance and not it.records]
    if unknown:
        raise click.ClickException(
            f"Neither EC2 in {stack.region} nor the ledger knows {', '.join(unknown)}:"
            " look at the id, or give --region."
        )
    return subjects


def _read(ids: Sequence[InstanceId], sources: Sources, stack: Stack) -> Iterator[Subject]:
    shown = sources.instances.describe(ids)
    records = sources.ledger.records(ids)
    for id_ in ids:
        yield Subject(id_, shown.get(id_), records[id_], stack.keys, stack.region)


def check_not_paused(stack: Stack) -> None:
    """
    Let pass what needs a stack that attaches and detaches.

    Raises:
        ClickException: it does neither now.
    """
    if stack.policy.paused:
        raise click.ClickException(
            f"Stack {stack.name} is paused, nothing is attached or detached: `dualhome resume`"
            " first."
        )
