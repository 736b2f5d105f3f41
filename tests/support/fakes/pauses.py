"""The pause in memory: the item that operators write, and its past."""

from dataclasses import dataclass, field

from dualhome.domain.errors import RecordMovedError
from dualhome.domain.pause import Pause, PauseChange
from tests.support.fakes.call_log import Calls


@dataclass(slots=True)
class InMemoryPauses:
    """The port ``Pauses``, and what the command writes; ``audit`` is the past, oldest first."""

    calls: Calls = field(default_factory=Calls)
    written: Pause | None = None
    audit: list[PauseChange] = field(default_factory=list)

    def read(self) -> Pause | None:
        """Return what was written last; None before the first pause or resume."""
        with self.calls.making("read_pause"):
            return self.written

    def write(self, change: PauseChange, retention_days: int) -> None:
        """Write the item and its audit entry, over what was read before; here nothing expires."""
        del retention_days
        with self.calls.making("write_pause"):
            if self.written != change.before:
                raise RecordMovedError("another operator has written the pause")
            self.written = change.after
            self.audit.append(change)
