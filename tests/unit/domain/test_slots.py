"""In which slot an interface goes."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dualhome.domain.ec2 import Capacity, DeviceSlot
from dualhome.domain.errors import NoFreeSlotError, PinTakenError
from dualhome.domain.planning.select import PRIMARY, choose_slot, lowest_free_slot
from tests.unit.domain.strategies import QUICK

SLOTS = st.frozensets(st.builds(DeviceSlot, card=st.integers(0, 1), index=st.integers(0, 9)))
CAPACITIES = st.builds(
    lambda first, second: Capacity({0: first, 1: second}), st.integers(0, 8), st.integers(0, 8)
)
PINS = st.none() | st.integers(1, 9)


def has_room(taken: frozenset[DeviceSlot], capacity: Capacity) -> bool:
    """Whether network card 0 holds fewer interfaces than it may, the primary included."""
    return len({PRIMARY} | {slot for slot in taken if slot.card == 0}) < capacity.of(0)


@QUICK
@given(SLOTS, CAPACITIES)
def test_the_lowest_free_slot_is_free_not_the_primarys_and_within_the_type(
    taken: frozenset[DeviceSlot], capacity: Capacity
) -> None:
    """EC2 refuses a taken index and a full card; index 0 is never ours."""
    assume(has_room(taken, capacity))

    slot = lowest_free_slot(taken, capacity)

    assert slot not in taken
    assert slot.card == 0
    assert 1 <= slot.index < capacity.of(0)
    assert {DeviceSlot(0, index) for index in range(1, slot.index)} <= taken


@QUICK
@given(SLOTS, CAPACITIES, PINS, PINS)
def test_a_full_card_has_no_slot_whatever_is_asked_for(
    taken: frozenset[DeviceSlot], capacity: Capacity, pin: int | None, preference: int | None
) -> None:
    """The limit counts interfaces, wherever they sit: gaps in the indexes give no room."""
    assume(not has_room(taken, capacity))

    with pytest.raises(NoFreeSlotError, match="network card 0 holds"):
        lowest_free_slot(taken, capacity)
    with pytest.raises(NoFreeSlotError, match="network card 0 holds"):
        choose_slot(taken, capacity, pin, preference)


@QUICK
@given(SLOTS, CAPACITIES, PINS)
def test_without_a_pin_a_card_with_room_always_has_a_slot(
    taken: frozenset[DeviceSlot], capacity: Capacity, preference: int | None
) -> None:
    """A preference that is taken, or beyond the type, is skipped and never refused."""
    assume(has_room(taken, capacity))
    preferred = DeviceSlot(0, preference) if preference else None
    free = preferred and preferred not in taken and preferred.index < capacity.of(0)

    slot = choose_slot(taken, capacity, None, preference)

    assert slot == (preferred if free else lowest_free_slot(taken, capacity))


@pytest.mark.parametrize(("preference", "index"), [(2, 2), (3, 1), (4, 1), (9, 1), (None, 1)])
def test_a_preference_is_kept_if_free_and_within_the_type(
    preference: int | None, index: int
) -> None:
    """Index 3 is taken here, and the type has no 4."""
    slot = choose_slot([PRIMARY, DeviceSlot(0, 3)], Capacity({0: 4}), None, preference)

    assert DeviceSlot(0, index) == slot


@QUICK
@given(SLOTS, CAPACITIES, st.integers(1, 9), PINS)
def test_a_pin_is_kept_or_refused_but_never_moved(
    taken: frozenset[DeviceSlot], capacity: Capacity, pin: int, preference: int | None
) -> None:
    """A guest is configured for its pin; and a pin wins over a preference."""
    assume(has_room(taken, capacity))
    pinned = DeviceSlot(0, pin)

    if pin >= capacity.of(0):
        with pytest.raises(NoFreeSlotError, match=f"device index {pin} is pinned"):
            choose_slot(taken, capacity, pin, preference)
    elif pinned in taken:
        with pytest.raises(PinTakenError, match=f"device index {pin} is pinned, but occupied"):
            choose_slot(taken, capacity, pin, preference)
    else:
        assert pinned == choose_slot(taken, capacity, pin, preference)


@QUICK
@given(SLOTS, CAPACITIES)
def test_other_network_cards_neither_give_nor_take_room(
    taken: frozenset[DeviceSlot], capacity: Capacity
) -> None:
    """We attach to network card 0, whose indexes are its own."""
    assume(has_room(taken, capacity))
    on_card_0 = {slot for slot in taken if slot.card == 0}

    slot = lowest_free_slot(taken, capacity)

    assert slot == lowest_free_slot(on_card_0, Capacity({0: capacity.of(0)}))


def test_an_instance_type_that_is_not_known_has_no_room() -> None:
    """Guessing a limit would end in an attach that EC2 refuses."""
    with pytest.raises(NoFreeSlotError, match="holds 1 of 0 interfaces"):
        lowest_free_slot([], Capacity({}))


def test_a_gap_is_filled_first() -> None:
    """Counting interfaces in place of indexes would choose 2 here, which is taken."""
    assert DeviceSlot(0, 1) == lowest_free_slot([PRIMARY, DeviceSlot(0, 2)], Capacity({0: 4}))


def test_a_slot_is_written_as_card_and_index() -> None:
    """The form of the ledger's slot items and of logs."""
    assert str(DeviceSlot(card=0, index=2)) == "0:2"
