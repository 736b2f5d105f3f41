"""The status of an instance, as a tag shows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.status import (
    MOVING,
    ORDER,
    changes_status,
    print_status,
    targets_named,
)
from dualhome.domain.tags import MAX_VALUE, WHOLE_TAG
from tests.support.builders.values import DATA, INTERFACE, a_record
from tests.unit.domain.strategies import QUICK

LONGEST = "m" * 31
LONG_RECORDS = [
    a_record(State.REFUSED, target=f"{LONGEST}{name}", reason=Reason.NO_INTERFACE_IN_ZONE)
    for name in "abcdefghijkl"
]
RECORDS = st.lists(st.sampled_from([*LONG_RECORDS, a_record()]), unique=True)


def test_each_target_is_shown_with_its_state_and_what_matters_of_it() -> None:
    """An operator at the console needs no other tool for the first question."""
    records = [
        a_record(State.ATTACHED),
        a_record(State.REFUSED, target=DATA, reason=Reason.NO_INTERFACE_IN_ZONE),
    ]

    shown = print_status(records)

    assert shown == "data=refused:NO_INTERFACE_IN_ZONE mgmt=attached:eni-01@1"


def test_a_malformed_tag_is_shown_without_a_target_and_only_while_it_is_refused() -> None:
    """It names no target that could be shown."""
    refused = a_record(State.REFUSED, target=WHOLE_TAG, reason=Reason.BAD_TAG)
    corrected = a_record(State.RELEASED, target=WHOLE_TAG, reason=Reason.NOT_WANTED)

    assert print_status([refused, a_record()]) == "refused:BAD_TAG mgmt=attached:eni-01@1"
    assert print_status([corrected, a_record()]) == "mgmt=attached:eni-01@1"


def test_what_is_released_needs_no_reason() -> None:
    """It is over."""
    record = a_record(State.RELEASED, reason=Reason.NOT_WANTED, interface=INTERFACE)

    assert print_status([record]) == "mgmt=released"


def test_what_needs_an_operator_comes_first_and_what_is_released_last() -> None:
    """A tag is read from its beginning, and cut at its end."""
    records = [a_record(state, target=f"t{n}") for n, state in enumerate(ORDER)]

    words = print_status(reversed(records)).split()

    assert [str(state) for state in ORDER] == [it.partition("=")[2].split(":")[0] for it in words]
    assert set(State) == set(ORDER)


def test_released_words_crowd_out_no_attached_one() -> None:
    """The question is what the instance has, not what it once had."""
    released = [
        a_record(State.RELEASED, target=f"{LONGEST}{name}", interface=INTERFACE)
        for name in "abcdef"
    ]

    words = print_status([*released, a_record(target="zone-last")]).split()

    assert "zone-last=attached:eni-01@1" == words[0]
    assert ["+1", "more"] == words[-2:]
    assert 5 == len([word for word in words if word.endswith("=released")])


def test_a_target_that_no_vpc_served_has_no_word_once_it_is_not_asked_for() -> None:
    """A misspelt name would stand there for ever, as if something had been released."""
    asked = a_record(State.REFUSED, target=DATA, reason=Reason.NO_TARGET, interface=None)
    corrected = a_record(State.RELEASED, target=DATA, reason=Reason.NOT_WANTED, interface=None)

    assert print_status([asked, a_record()]) == "data=refused:NO_TARGET mgmt=attached:eni-01@1"
    assert print_status([corrected, a_record()]) == "mgmt=attached:eni-01@1"


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (None, a_record(State.WAITING, reason=Reason.POOL_EMPTY, interface=None), True),
        (a_record(State.WAITING, interface=None), a_record(State.CLAIMED), False),
        (a_record(State.CLAIMED), a_record(State.ATTACHING), False),
        (a_record(State.ATTACHING), a_record(State.ATTACHED), True),
        (a_record(), a_record(reason=Reason.RELEASE_HELD), False),
        (a_record(), a_record(warnings=(Reason.PUBLIC_IPV4,)), False),
        (a_record(), a_record(State.RELEASING), False),
        (a_record(State.RELEASING), a_record(State.RELEASED), True),
        (
            a_record(State.REFUSED, reason=Reason.NO_TARGET, detail="one"),
            a_record(State.REFUSED, reason=Reason.NO_TARGET, detail="other"),
            False,
        ),
    ],
)
def test_a_move_changes_the_status_if_another_word_is_printed(
    before: Attachment | None, after: Attachment, *, changes: bool
) -> None:
    """A write costs one of ten calls a second that the account has."""
    assert changes == changes_status(Move(before, after))


def test_the_targets_of_a_status_can_be_read_back() -> None:
    """A sweep asks for the records that a tag tells of, wanted or not."""
    records = [
        a_record(),
        a_record(State.REFUSED, target=DATA, reason=Reason.NO_TARGET),
        a_record(State.REFUSED, target=WHOLE_TAG, reason=Reason.BAD_TAG),
    ]

    assert {"mgmt", "data", "*"} == targets_named(f"{print_status(records)} +2 more")
    assert frozenset() == targets_named("")


def test_a_state_without_a_reason_stands_alone() -> None:
    """Nothing more is known."""
    assert print_status([a_record(State.CLAIMED)]) == "mgmt=claimed"


def test_an_instance_without_records_has_an_empty_status() -> None:
    """Nothing is wanted, nothing is held."""
    assert print_status([]) == ""


@QUICK
@given(RECORDS)
def test_the_order_of_the_records_does_not_matter(records: list[Attachment]) -> None:
    """The tag is written again only when something has changed."""
    assert print_status(records) == print_status(reversed(records))


@QUICK
@given(RECORDS)
def test_a_status_fits_in_a_tag_and_counts_what_it_leaves_out(records: list[Attachment]) -> None:
    """EC2 refuses a longer value, and then there would be no status at all."""
    status = print_status(records)
    shown, _, rest = status.partition(" +")

    assert len(status) <= MAX_VALUE
    left_out = int(rest.removesuffix(" more")) if rest else 0
    assert len(shown.split()) + left_out == len(records)


def test_states_that_pass_in_seconds_are_those_on_the_way_to_another() -> None:
    """A tag write each would double our calls to EC2."""
    assert {State.CLAIMED, State.ATTACHING, State.RELEASING} == MOVING
