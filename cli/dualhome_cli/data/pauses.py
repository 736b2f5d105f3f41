"""The pause in words: whether one stands, who began it, since when and why."""

from typing import Protocol

from dualhome.application.pause import Pauses
from dualhome.domain.errors import DualhomeError
from dualhome.domain.pause import Pause, PauseChange, PauseReading, may_be_of
from dualhome_cli.errors import advice
from dualhome_cli.ui.terminal import printable
from dualhome_cli.ui.times import print_time

UNTIL = "Nothing is attached or detached until `dualhome resume`."
UNREAD = "A function that cannot read it either attaches and detaches nothing."


class PauseBook(Pauses, Protocol):
    """The pause as the command reads and writes it."""

    def write(self, change: PauseChange, retention_days: int) -> None:
        """
        Write the pause and its audit entry: both, or none; the entry expires after so many days.

        Raises:
            RecordMovedError: another operator has written since ``change.before`` was read.
            TransientError: nothing was written, or it cannot be known.
        """
        ...


def read_pause(pauses: Pauses, *, parameter: bool) -> PauseReading:
    """Return how it stands, as the functions take it: what cannot be read counts as paused."""
    try:
        return PauseReading.of(pauses.read(), parameter=parameter)
    except DualhomeError as error:
        return PauseReading.failed(advice(error))


def print_since(reading: PauseReading) -> str:
    """Say since when it stands so, by whom and why; without a full stop."""
    if reading.pause is None:
        return "by the parameter Paused, since no operator has paused or resumed yet"
    return f"since {print_time(reading.pause.since)} UTC by {print_operator(reading.pause)}"


def print_pause(reading: PauseReading) -> str:
    """Say that it is paused, by whom, since when and why; without a full stop."""
    if reading.unread:
        why = printable(reading.unread).removesuffix(".")
        return f"The pause cannot be read, which counts as one: {why}"
    return f"Paused {print_since(reading)}"


def print_effect(reading: PauseReading) -> str:
    """Say that it is paused, and until when: in sentences."""
    return f"{print_pause(reading)}. {UNREAD if reading.unread else UNTIL}"


def print_operator(pause: Pause) -> str:
    """Name who has paused or resumed, and why; an ARN that cannot be the writer's is unproven."""
    unproven = "" if may_be_of(pause.by, pause.user_id) else f" (unproven: id {pause.user_id})"
    reason = f": {pause.reason}" if pause.reason else ""
    return printable(f"{pause.by}{unproven}{reason}")
