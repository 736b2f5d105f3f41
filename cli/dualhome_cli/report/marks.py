"""The signs of the picture: the state of an instance or an interface, by shape and colour."""

from enum import StrEnum

from dualhome.domain.states import State
from dualhome_cli.pools.capacity import Use


class Mark(StrEnum):
    """In the order in which the worst comes first; the free and the idle come last."""

    STUCK = "stuck"
    FAILED = "failed"
    REFUSED = "refused"
    WAITING = "waiting"
    MOVING = "moving"
    ATTACHED = "attached"
    RESERVED = "reserved"
    UNUSABLE = "unusable"
    FREE = "free"
    IDLE = "idle"


WORST_FIRST = tuple(Mark)

OF_STATE = {
    State.STUCK: Mark.STUCK,
    State.FAILED: Mark.FAILED,
    State.REFUSED: Mark.REFUSED,
    State.WAITING: Mark.WAITING,
    State.CLAIMED: Mark.MOVING,
    State.ATTACHING: Mark.MOVING,
    State.RELEASING: Mark.MOVING,
    State.ATTACHED: Mark.ATTACHED,
    State.RELEASED: Mark.IDLE,
}

OF_USE = {
    Use.USED: Mark.ATTACHED,
    Use.CLAIMED: Mark.MOVING,
    Use.RESERVED: Mark.RESERVED,
    Use.UNUSABLE: Mark.UNUSABLE,
    Use.FREE: Mark.FREE,
}

SHAPES = {
    Mark.STUCK: "m1.2 0l2.3 2.3 2.3-2.3 1.2 1.2-2.3 2.3 2.3 2.3-1.2 1.2-2.3-2.3-2.3 2.3"
    "-1.2-1.2 2.3-2.3-2.3-2.3z",
    Mark.FAILED: "m3.5 0l3.8 7h-7.6z",
    Mark.REFUSED: "m3.5-.3l3.8 3.8-3.8 3.8-3.8-3.8z",
    Mark.WAITING: "m0 3.5a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0m1.5 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0",
    Mark.MOVING: "h7v7h-7zm1 1v5h2.5v-5z",
    Mark.ATTACHED: "h7v7h-7z",
    Mark.RESERVED: "h7v7h-7zm1 1v5h5v-5zm1.5 1.5h2v2h-2z",
    Mark.UNUSABLE: "m0 2.8h7v1.4h-7z",
    Mark.FREE: "h7v7h-7zm1 1v5h5v-5z",
    Mark.IDLE: "m2 3.5a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0",
}
"""SVG paths in a square of 7 units, from its upper left corner; holes by the even-odd rule."""


def worst(marks: "set[Mark]") -> Mark:
    """Return the mark that matters most; idle if there is none."""
    return min(marks, key=WORST_FIRST.index, default=Mark.IDLE)
