"""What sweeps read of a ledger in memory, page by page, and the checkpoint that they write."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from dualhome.application.sweep_ports import Page
from dualhome.domain.attachment import Attachment
from dualhome.domain.errors import RecordMovedError
from dualhome.domain.identifiers import TargetName
from dualhome.domain.rounds import Round
from dualhome.domain.states import State
from dualhome.domain.view import Holder
from tests.support.in_memory_calls import Calls
from tests.support.in_memory_ledger import InMemoryLedger

T = TypeVar("T")

PAGE = 1000


def a_page(found: Iterable[T], token: str | None, size: int, key: Callable[[T], str]) -> Page[T]:
    """Return the page behind ``token``, which is the key of the last item before it."""
    left: Sequence[T] = sorted((it for it in found if key(it) > (token or "")), key=key)
    return Page(left[:size], key(left[size - 1]) if len(left) > size else None)


@dataclass(frozen=True, slots=True)
class InMemoryInventory:
    """The port ``Inventory``; ``page`` is the size of one."""

    ledger: InMemoryLedger
    page: int = PAGE

    def attached(self, target: TargetName, token: str | None) -> Page[Attachment]:
        """Return a page of the records of ``target`` that are attached."""
        with self.ledger.calls.making("attached"):
            return self._page(State.ATTACHED, token, target)

    def unsettled(self, state: State, token: str | None) -> Page[Attachment]:
        """Return a page of the records in ``state``."""
        with self.ledger.calls.making("unsettled"):
            return self._page(state, token)

    def recorded(self, holders: Iterable[Holder]) -> Iterable[Attachment]:
        """Return those records of ``holders`` that there are."""
        with self.ledger.calls.making("recorded"):
            present = self.ledger.present()
            return [present[it] for it in holders if it in present]

    def _page(
        self, state: State, token: str | None, target: TargetName | None = None
    ) -> Page[Attachment]:
        found = (it for it in self.ledger.present().values() if it.state is state)
        of_target = (it for it in found if target in {None, it.target})
        return a_page(of_target, token, self.page, lambda it: f"{it.instance} {it.target}")


@dataclass(slots=True)
class InMemoryRounds:
    """The port ``Rounds``; ``written`` are all checkpoints, oldest first."""

    calls: Calls = field(default_factory=Calls)
    written: list[Round] = field(default_factory=list)

    def read(self) -> Round | None:
        """Return the round as last written; None before the first sweep."""
        with self.calls.making("read_round"):
            return self.written[-1] if self.written else None

    def write(self, it: Round) -> Round:
        """Write ``it`` over the version that it names; return it with its new version."""
        with self.calls.making("write_round"):
            if it.version != (self.written[-1].version if self.written else 0):
                raise RecordMovedError(f"a sweep has written version {it.version + 1}")
            self.written.append(replace(it, version=it.version + 1))
            return self.written[-1]

    def targets(self) -> frozenset[TargetName]:
        """Return every target under which sweeps say that something may be attached."""
        last = self.read()
        return last.known() if last else frozenset()
