"""The states of an attachment, which may follow which, and how long to wait between tries."""

from datetime import timedelta
from enum import StrEnum

from dualhome.domain.errors import IllegalMoveError


class State(StrEnum):
    """Where an attachment (instance x target) stands."""

    CLAIMED = "claimed"
    ATTACHING = "attaching"
    ATTACHED = "attached"
    RELEASING = "releasing"
    RELEASED = "released"
    WAITING = "waiting"
    REFUSED = "refused"
    FAILED = "failed"
    STUCK = "stuck"


HOLDING = frozenset({State.CLAIMED, State.ATTACHING, State.ATTACHED, State.RELEASING, State.STUCK})
"""States in which the record owns its interface's claim and its instance's slot."""

SETTLED = frozenset({State.ATTACHED, State.RELEASED})
"""States that need no attention."""

_OPEN = frozenset({State.CLAIMED, State.ATTACHED, State.WAITING, State.REFUSED})

LEGAL_MOVES: dict[State | None, frozenset[State]] = {
    None: _OPEN,
    State.WAITING: _OPEN | {State.RELEASED},
    State.REFUSED: _OPEN | {State.RELEASED},
    State.FAILED: _OPEN | {State.RELEASED},
    State.RELEASED: _OPEN,
    # A claim may stay a claim (throttled: the reason is noted), be seen attached at once
    # (the reply was lost), or be given up without EC2 ever having acted on it.
    State.CLAIMED: frozenset(set(State) - {State.STUCK}),
    State.ATTACHING: frozenset(
        {State.ATTACHED, State.RELEASING, State.RELEASED, State.WAITING, State.FAILED}
    ),
    # Others detached it (waiting: it is attached again), or the instance is gone. It stays
    # attached when all that changes is why: not wanted, but held back.
    State.ATTACHED: frozenset({State.ATTACHED, State.RELEASING, State.RELEASED, State.WAITING}),
    # Again, when an operator wants the detach to be forced.
    State.RELEASING: frozenset({State.RELEASING, State.RELEASED, State.FAILED, State.STUCK}),
    State.STUCK: frozenset({State.RELEASING, State.RELEASED, State.FAILED}),
}


def check_move(before: State | None, after: State) -> None:
    """
    Let a legal move pass.

    Raises:
        IllegalMoveError: ``after`` may not follow ``before``.
    """
    if after not in LEGAL_MOVES[before]:
        raise IllegalMoveError(f"{after} cannot follow {before or 'nothing'}")


_POLLS = (1, 2, 3, 5, 8, 13, 21, 34, 55)


def poll_delay(attempt: int) -> timedelta:
    """Return the wait before poll number ``attempt`` (from 1) of something on its way."""
    return timedelta(seconds=_POLLS[min(attempt, len(_POLLS)) - 1])


def retry_after(attempt: int) -> timedelta:
    """Return the wait after failure number ``attempt`` (from 1): 1 min, doubling, 1 h at most."""
    return doubled(timedelta(minutes=1), attempt - 1, timedelta(hours=1))


def doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    """Return ``first``, doubled so many ``times`` (not at all if negative), ``longest`` at most."""
    return min(first * (1 << max(0, min(times, 30))), longest)
