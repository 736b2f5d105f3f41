"""An archive that grows while it is watched, and a clock that only sleeping moves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dualhome.domain.attachment import AuditEntry, Move
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.pause import PauseChange
from dualhome.domain.states import State
from dualhome_cli.history.tail import Tail, follow
from tests.support.builders.values import NOW, TRACE, a_record
from tests.support.fakes.ledger import InMemoryAuditLog

LONGEST = 50
"""Sleeps after which nothing will come."""


def a_move(id_: str, at: datetime) -> AuditEntry:
    """Return a claim that is dated ``at``."""
    return AuditEntry(id_, Move(None, a_record(State.CLAIMED, since=at)), TRACE)


@dataclass
class GrowingAuditLog:
    """``later``: what happens during which sleep; ``errors``: how the next reads fail."""

    time: datetime = NOW
    audit: list[AuditEntry] = field(default_factory=list)
    pauses: list[PauseChange] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    reads: int = 0
    later: dict[int, Callable[[], None]] = field(default_factory=dict)

    def of_day(
        self, day: date, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry | PauseChange]:
        """Yield what is there, or fail half-way through as ordered."""
        error = self.errors.pop(0) if self.errors else None
        self.reads += 1
        for entry in InMemoryAuditLog(self.audit, self.pauses).of_day(day, since, newest=newest):
            yield entry
            if error:
                raise error
        if error:
            raise error

    def of_instance(
        self, instance: InstanceId, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry]:
        """Not read by a tail."""
        raise NotImplementedError

    def of_interface(
        self, interface: InterfaceId, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry]:
        """Not read by a tail."""
        raise NotImplementedError

    def sleep(self, seconds: float) -> None:
        """Let time pass; what was ordered for this sleep happens meanwhile."""
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)
        self.later.get(len(self.slept), lambda: None)()
        if len(self.slept) > LONGEST:
            raise TimeoutError("nothing comes")

    def follow(self) -> Iterator[str]:
        """Yield the ids of moves as they are shown."""
        tail = Tail(self, self.time)
        for entry in follow(tail, lambda: self.time, self.sleep, self.said.append):
            yield entry.id

    def adds(self, *entries: AuditEntry) -> Callable[[], None]:
        """Return what adds ``entries`` to the archive."""
        return lambda: self.audit.extend(entries)
