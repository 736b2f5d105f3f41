"""The instances that a command names: what they ask for, and their records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import click

from dualhome.application.snapshot import Sources
from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import Instance
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.observed import DesiredState, desired_state
from dualhome.domain.tags import TagKeys
from dualhome_cli.data.pauses import print_pause
from dualhome_cli.stack import Stack


@dataclass(frozen=True, slots=True)
class Subject:
    """One instance; ``instance`` is None when EC2 does not show it."""

    id: InstanceId
    instance: Instance | None
    records: Mapping[TargetName, Attachment]
    keys: TagKeys

    @property
    def desired(self) -> DesiredState:
        """What its tags ask for."""
        return desired_state(self.instance, self.keys)

    @property
    def ignored(self) -> bool:
        """Whether the instance is excluded by ``dualhome:ignore``."""
        return self.instance is not None and self.keys.ignore in self.instance.tags

    def among(self, targets: Sequence[str]) -> Iterator[Attachment]:
        """Yield the records of ``targets``, or all if none is named."""
        return (it for it in self.records.values() if not targets or it.target in targets)


class UnknownSubjectError(click.ClickException):
    """What was named does not exist; the message says where it was searched for."""

    exit_code = 2


def read_subjects(stack: Stack, ids: Iterable[InstanceId]) -> list[Subject]:
    """
    Return what is known of the instances; each is named once.

    Raises:
        UnknownSubjectError: of one nothing is known.
    """
    subjects = list(_read(list(dict.fromkeys(ids)), stack.sources, stack))
    unknown = [it.id for it in subjects if not it.instance and not it.records]
    if unknown:
        raise UnknownSubjectError(
            f"Neither EC2 in {stack.region} nor the ledger knows {', '.join(unknown)}:"
            " check the id, or give --region."
        )
    return subjects


def check_targets(subjects: Sequence[Subject], targets: Sequence[str]) -> None:
    """
    Check that an instance has a record of each target, or asks for it.

    Raises:
        UnknownSubjectError: no instance has, or does.
    """
    known = {target for it in subjects for target in (*it.records, *it.desired.wanted)}
    unknown = [it for it in targets if it not in known]
    if unknown and not any(it.ignored for it in subjects):
        ids = ", ".join(it.id for it in subjects)
        raise UnknownSubjectError(
            f"{ids}: there is no record of {' and '.join(map(repr, unknown))}, and no tag asks"
            f" for it: `dualhome status {subjects[0].id}` lists the targets."
        )


def _read(ids: Sequence[InstanceId], sources: Sources, stack: Stack) -> Iterator[Subject]:
    shown = sources.instances.describe(ids)
    records = sources.ledger.records(ids)
    for id_ in ids:
        yield Subject(id_, shown.get(id_), records[id_], stack.keys)


def check_not_paused(stack: Stack) -> None:
    """
    Check that the stack attaches and detaches.

    Raises:
        ClickException: it is paused, or it cannot be known whether it is.
    """
    if stack.pause.unread:
        raise click.ClickException(f"Nothing was requested. {print_pause(stack.pause)}.")
    if stack.policy.paused:
        raise click.ClickException(
            f"Stack {stack.name} neither attaches nor detaches. {print_pause(stack.pause)}."
            " Run `dualhome resume` first."
        )
