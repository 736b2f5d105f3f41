"""Which state of an attachment may follow which."""

from itertools import pairwise, product

import pytest

from dualhome.domain.errors import IllegalMoveError
from dualhome.domain.states import HOLDING, LEGAL_MOVES, SETTLED, State, check_move

STEADY: set[State] = {State.CLAIMED, State.ATTACHED, State.WAITING, State.REFUSED}
TABLE: dict[State | None, set[State]] = {
    None: STEADY,
    State.WAITING: STEADY | {State.RELEASED},
    State.REFUSED: STEADY | {State.RELEASED},
    State.FAILED: STEADY | {State.RELEASED},
    State.RELEASED: STEADY,
    State.CLAIMED: set(State) - {State.STUCK},
    State.ATTACHING: {
        State.ATTACHED,
        State.RELEASING,
        State.RELEASED,
        State.WAITING,
        State.FAILED,
    },
    State.ATTACHED: {State.ATTACHED, State.RELEASING, State.RELEASED, State.WAITING},
    State.RELEASING: {State.RELEASING, State.RELEASED, State.FAILED, State.STUCK},
    State.STUCK: {State.RELEASING, State.RELEASED, State.FAILED},
}
PAIRS = list(product([None, *State], State))


def follows(before: State | None, after: State) -> bool:
    """Whether ``after`` may follow ``before``."""
    try:
        check_move(before, after)
    except IllegalMoveError:
        return False
    return True


def before(state: State) -> set[State | None]:
    """Every other state, or nothing, that ``state`` may follow."""
    return {it for it in (None, *State) if it != state and follows(it, state)}


def reachable(start: State | None) -> set[State]:
    """Every state that can come after ``start``, in any number of moves."""
    found: set[State] = set()
    front: list[State | None] = [start]
    while front:
        first = front.pop()
        new = {second for second in State if follows(first, second)} - found
        found |= new
        front.extend(new)
    return found


@pytest.mark.parametrize("first", [None, *State])
def test_what_may_follow_a_state_is_what_is_written_here(first: State | None) -> None:
    """Two tables, kept apart: loosening the rules takes a second thought."""
    assert TABLE[first] == {second for second in State if follows(first, second)}


def test_every_state_has_its_row() -> None:
    """A state that was added and forgotten here would end in a KeyError at two in the morning."""
    assert {None, *State} == set(LEGAL_MOVES)


def test_an_illegal_move_is_refused_by_name() -> None:
    """It is a defect of ours; the message must lead to it."""
    with pytest.raises(IllegalMoveError, match="attaching cannot follow released"):
        check_move(State.RELEASED, State.ATTACHING)
    with pytest.raises(IllegalMoveError, match="stuck cannot follow nothing"):
        check_move(None, State.STUCK)


def test_the_whole_life_of_an_attachment_is_legal() -> None:
    """The way that almost every attachment goes."""
    life = [
        None,
        State.CLAIMED,
        State.ATTACHING,
        State.ATTACHED,
        State.RELEASING,
        State.RELEASED,
        State.CLAIMED,
    ]

    assert all(after and follows(first, after) for first, after in pairwise(life))


def test_every_state_can_be_reached() -> None:
    """A state that nothing leads to would be dead code with documentation."""
    assert set(State) == reachable(None)


@pytest.mark.parametrize("state", State)
def test_no_state_is_a_dead_end(state: State) -> None:
    """From everywhere, even `stuck`, an attachment can be released and be had again."""
    assert {State.RELEASED, State.CLAIMED, State.ATTACHED} <= reachable(state)


def test_nothing_is_attaching_without_a_claim() -> None:
    """Claim first: two invocations must never ask EC2 for one interface."""
    assert {State.CLAIMED} == before(State.ATTACHING)


def test_an_interface_comes_by_a_claim_or_by_adoption_only() -> None:
    """The ledger takes claim and slot in these two moves; any other would skip it."""
    entries = {
        after
        for first, after in PAIRS
        if first not in HOLDING and after in HOLDING and follows(first, after)
    }

    assert {State.CLAIMED, State.ATTACHED} == entries


def test_only_a_failed_rollback_is_stuck() -> None:
    """`stuck` calls an operator, so nothing else may lead there."""
    assert {State.RELEASING} == before(State.STUCK)


def test_only_what_holds_an_interface_is_releasing() -> None:
    """There is nothing to detach for a record that holds nothing."""
    assert before(State.RELEASING) <= HOLDING


def test_a_wanted_target_that_was_never_tried_cannot_fail() -> None:
    """`failed` means rolled back: it needs a claim to start from."""
    assert before(State.FAILED) <= HOLDING


def test_a_rollback_keeps_the_claim_until_it_has_ended() -> None:
    """While EC2 may still show the attachment, no other instance may choose the interface."""
    assert {State.RELEASING, State.STUCK} <= HOLDING


def test_only_attached_and_released_need_no_attention() -> None:
    """The index `needs-attention` shows all others to the sweep."""
    assert {State.ATTACHED, State.RELEASED} == SETTLED
