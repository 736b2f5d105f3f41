"""An account of any size, made up page by page: nothing is kept but by who asks."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from dualhome.application.sweep_ports import Page
from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import Capacity, Instance, Interface, SeenAttachment
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.planning.types import Holder
from dualhome.domain.states import State
from tests.support.builders.values import (
    MGMT,
    SLOT,
    a_record,
    a_seen_attachment,
    an_instance,
    an_interface,
)
from tests.support.fakes.ledger import PAGE

KINDS = frozenset({Instance, Interface, Attachment})


@contextmanager
def counted_alone() -> Iterator[None]:
    """Leave what others have made out of what is held: it would take longest to go through."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@dataclass(slots=True)
class LargeAccount:
    """
    The ports that a sweep reads, over ``many`` instances with one attachment each.

    ``page`` is the size of one.
    ``held`` says how many instances, interfaces and records of its making were referred to at each
    read.
    """

    many: int
    targets: str | None = "mgmt"
    page: int = PAGE
    held: list[int] = field(default_factory=list)

    def asking(self, token: str | None) -> Page[Instance]:
        """Return a page of instances."""
        numbers = self._numbers(token)
        return Page([self._instance(number) for number in numbers], self._next(numbers))

    def tagged(self, token: str | None) -> Page[Instance]:
        """Return the same: all of them ask."""
        return self.asking(token)

    def records(
        self, instances: Iterable[InstanceId]
    ) -> Mapping[InstanceId, Mapping[TargetName, Attachment]]:
        """Return the one record of each instance."""
        return {id_: {MGMT: _record(int(id_.removeprefix("i-")))} for id_ in instances}

    def pools(self, token: str | None) -> Page[Interface]:
        """Return a page of interfaces, all in use."""
        numbers = self._numbers(token)
        pool = [an_interface(f"eni-{it}", attachment=_seen(it)) for it in numbers]
        return Page(pool, self._next(numbers))

    def describe(self, ids: Iterable[InstanceId]) -> Mapping[InstanceId, Instance]:
        """Return the instances ``ids``."""
        self._reconcile_once()
        return {id_: self._instance(int(id_.removeprefix("i-"))) for id_ in ids}

    def capacities(self, types: Iterable[str]) -> Mapping[str, Capacity]:
        """Return what each instance type holds; a sweep does not ask."""
        raise NotImplementedError(types)

    def attached(self, target: TargetName, token: str | None) -> Page[Attachment]:
        """Return a page of records, all of them of one target."""
        if target != MGMT:
            return Page([])
        numbers = self._numbers(token)
        return Page([_record(number) for number in numbers], self._next(numbers))

    def unsettled(self, state: State, token: str | None) -> Page[Attachment]:
        """Return as many records that wait."""
        if state is not State.WAITING:
            return Page([])
        numbers = self._numbers(token)
        found = [a_record(state, instance=f"i-{it}", target="data") for it in numbers]
        return Page(found, self._next(numbers))

    def recorded(self, holders: Iterable[Holder]) -> Iterable[Attachment]:
        """Return the records of ``holders``, one by one."""
        for number, holder in enumerate(holders):
            if number % self.page == 0:
                self._reconcile_once()
            yield _record(int(holder.instance.removeprefix("i-")))

    def claims(self, interfaces: Iterable[InterfaceId]) -> Mapping[InterfaceId, Holder]:
        """Return who holds ``interfaces``."""
        self._reconcile_once()
        return {
            id_: Holder(InstanceId(f"i-{id_.removeprefix('eni-')}"), MGMT) for id_ in interfaces
        }

    def _instance(self, number: int) -> Instance:
        return an_instance(f"i-{number}", targets=self.targets, attachments=(_seen(number),))

    def _numbers(self, token: str | None) -> Sequence[int]:
        self._reconcile_once()
        start = int(token or 0)
        return range(start, min(start + self.page, self.many))

    def _next(self, numbers: Sequence[int]) -> str | None:
        following = numbers[-1] + 1
        return str(following) if following < self.many else None

    def _reconcile_once(self) -> None:
        self.held.append(_how_many())


def _seen(number: int) -> SeenAttachment:
    return a_seen_attachment(f"eni-{number}", f"i-{number}")


def _record(number: int) -> Attachment:
    seen = _seen(number)
    return a_record(
        instance=seen.instance, interface=seen.interface, slot=SLOT, attachment_id=seen.id
    )


def _how_many() -> int:
    return sum(map(KINDS.__contains__, map(type, gc.get_objects())))
