"""New moves, found by reading the newest of the audit table again and again."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from dualhome.domain.attachment import AuditEntry
from dualhome.domain.errors import TransientError
from dualhome.domain.pause import PauseChange
from dualhome_cli.data.moves import moves_since
from dualhome_cli.data.ports import AuditLog
from dualhome_cli.errors import advice, will_pass

OVERLAP = timedelta(seconds=60)
"""A move is dated when it is decided and seen when its index has it: within a function's run."""

CLOCKS_DIFFER = timedelta(minutes=10)
"""More than AWS lets a caller's clock be wrong (IAM User Guide, "Signature Version 4": 5)."""

PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 30.0


class Tail:
    """
    The moves since it was created, each once.

    From the first move on, times of the table alone are compared: a wrong clock of this machine
    loses nothing.
    """

    def __init__(self, audit_log: AuditLog, now: datetime) -> None:
        self._archive = audit_log
        self._seen: dict[str, datetime] = {}
        newest = next(audit_log.of_day(now.astimezone(UTC).date(), newest=True), None)
        self._since = newest.at - OVERLAP if newest else now - CLOCKS_DIFFER
        for _ in self.new(now):
            pass

    def new(self, now: datetime) -> Iterator[AuditEntry | PauseChange]:
        """
        Yield the moves that have come, oldest first; the next read repeats one that failed.

        Raises:
            DualhomeError: AWS did not answer, or refused.
        """
        until = max(now, *self._seen.values()) if self._seen else now
        for entry in moves_since(self._archive, self._since, until):
            if entry.id not in self._seen:
                self._seen[entry.id] = entry.at
                yield entry
        self._forget()

    def _forget(self) -> None:
        """Drop what the next read leaves out."""
        if self._seen:
            self._since = max(self._since, max(self._seen.values()) - OVERLAP)
        self._seen = {id_: at for id_, at in self._seen.items() if at >= self._since}


def follow(
    tail: Tail,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
    say: Callable[[str], None],
) -> Iterator[AuditEntry | PauseChange]:
    """Yield moves for ever; an outage is reported once, and retried with growing pauses."""
    pause = PAUSE_SECONDS
    while True:
        try:
            yield from tail.new(now())
        except TransientError as error:
            if not will_pass(error):
                raise
            if pause == PAUSE_SECONDS:
                say(f"{advice(error)} Retrying; moves made meanwhile are shown afterwards.")
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        else:
            pause = PAUSE_SECONDS
        sleep(pause)
