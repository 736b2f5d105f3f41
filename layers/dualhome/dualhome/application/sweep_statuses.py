"""Status tags that do not say what the ledger would print, as a sweep finds them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from dualhome.application.requests import StatusRequest
from dualhome.application.sweep_ports import Claims
from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import GONE
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.observed import ObservedInstance, ObservedInterface
from dualhome.domain.planning.types import Holder
from dualhome.domain.status import MOVING, print_status, tells_of_a_holder, word_of
from dualhome.domain.sweep import NOTED, SweepCheckpoint


@dataclass(frozen=True, slots=True)
class Suspect:
    """
    A resource whose status, ``tag``, may not be what the ledger prints.

    ``instance`` is the one whose records are printed; None for an interface that no record holds.
    """

    resource: str
    tag: str
    instance: InstanceId | None

    def should_say(self, ledger: Claims) -> str:
        """Return what the ledger prints; one query."""
        if self.instance is None:
            return ""
        return print_status(ledger.records([self.instance])[self.instance].values())


@dataclass(frozen=True, slots=True)
class Misstated:
    """A resource whose status tag is wrong; ``mark`` stands for what it says and should say."""

    resource: str
    mark: str
    request: StatusRequest


def suspect_instances(
    page: Iterable[ObservedInstance], records: Mapping[InstanceId, Sequence[Attachment]]
) -> Iterator[Suspect]:
    """
    Yield the instances whose tag differs from what the known ``records`` print.

    Known are those of the targets that are wanted, or named by the tag. There may be others, so
    that the tag may yet be right.
    """
    for it in page:
        if it.state not in GONE and it.status_tag != print_status(records.get(it.id, ())):
            yield Suspect(it.id, it.status_tag, it.id)


def suspect_interfaces(
    page: Iterable[ObservedInterface],
    claims: Mapping[InterfaceId, Holder],
    records: Iterable[Attachment],
) -> Iterator[Suspect]:
    """
    Yield the interfaces whose tag lacks the word of their holder, or names one where there is none.

    While a record moves, its word says nothing that lasts.
    """
    held = {Holder(it.instance, it.target): it for it in records}
    for it in page:
        tag, holder = it.status_tag, claims.get(it.id)
        if holder is None:
            if tells_of_a_holder(tag):
                yield Suspect(it.id, tag, None)
            continue
        record = held.get(holder)
        lasts = record is not None and record.state not in MOVING
        if record and lasts and word_of(record) not in tag.split():
            yield Suspect(it.id, tag, record.instance)


def confirmed(suspects: Iterable[Suspect], at: SweepCheckpoint, ledger: Claims) -> list[Misstated]:
    """
    Return the ``suspects`` whose tag is wrong, by the whole of what the ledger says of each.

    Those that were repaired within the hour are skipped, and what is beyond the length of the
    round's list is left to later rounds: at most so many are asked for.
    """
    fresh = (it for it in suspects if it.resource not in at.repaired)
    room = max(0, NOTED - len(at.found.misstated))
    judged = ((it, it.should_say(ledger)) for it in islice(fresh, room))
    return [_misstated(it, said) for it, said in judged if said != it.tag]


def _misstated(suspect: Suspect, said: str) -> Misstated:
    mark = sha256(f"{suspect.tag}\n{said}".encode()).hexdigest()[:12]
    if suspect.instance is None:
        return Misstated(
            suspect.resource, mark, StatusRequest(None, (InterfaceId(suspect.resource),))
        )
    return Misstated(suspect.resource, mark, StatusRequest(suspect.instance))
