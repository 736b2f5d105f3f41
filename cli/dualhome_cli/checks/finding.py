"""What a check says: how bad it is, about what, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is, from best to worst."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing; also what could not be asked."""
    WARNING = "warning"
    """It works, but somebody should act before it does not."""
    ERROR = "error"
    """Something does not work."""

    @property
    def rank(self) -> int:
        """How bad, as a number."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """``what`` names the resources and values; ``remedy`` is a sentence, or a command."""

    check: str
    severity: Severity
    what: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding, before it is known which check made it."""

    severity: Severity
    what: str
    remedy: str = ""


def note(what: str, remedy: str = "") -> Remark:
    """Return a remark that is worth knowing."""
    return Remark(Severity.NOTE, what, remedy)


def warning(what: str, remedy: str) -> Remark:
    """Return a remark that somebody should act on."""
    return Remark(Severity.WARNING, what, remedy)


def error(what: str, remedy: str) -> Remark:
    """Return a remark about what does not work."""
    return Remark(Severity.ERROR, what, remedy)


MOST = 10
"""Things that a finding names."""


def in_short(things: Sequence[str], most: int = MOST) -> str:
    """Return ``things`` in one line, the many counted: findings stay readable."""
    shown = ", ".join(things[:most])
    return f"{shown} and {len(things) - most} more" if len(things) > most else shown
