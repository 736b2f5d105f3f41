"""The colour of each state, the same in every table and line."""

from collections.abc import Mapping

from dualhome.domain.states import State

OF_STATE: Mapping[State, str] = {
    State.ATTACHED: "green",
    State.RELEASED: "dim",
    State.REFUSED: "yellow",
    State.WAITING: "yellow",
    State.FAILED: "red",
    State.STUCK: "bold red",
}
"""States that last; what moves has none."""


def colour_of(state: State | None) -> str:
    """Return the style of ``state``, as rich knows it; empty for none."""
    return OF_STATE.get(state, "") if state else ""
