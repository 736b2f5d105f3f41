"""What an operator asks for by command, beside what the tags ask for."""

from dataclasses import dataclass
from enum import StrEnum

from dualhome.domain.identifiers import TargetName


class Asked(StrEnum):
    """The kinds of asks."""

    RETRY = "retry"
    """Try now what has failed, and take back anew what is stuck."""
    RELEASE = "release"
    """Take back what is held, wanted or not; what is still wanted is attached again afterwards."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One ask; without ``target`` it is about every target. ``force`` the detach of a release."""

    what: Asked
    target: TargetName | None = None
    force: bool = False
