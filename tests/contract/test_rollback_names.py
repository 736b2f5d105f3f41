"""An execution's name belongs to one rollback alone, and its log is written."""

import re

from hypothesis import given
from hypothesis import strategies as st

from dualhome.adapters.sfn_rollbacks import MOST_NAMES, execution_name
from dualhome.domain.identifiers import TargetName
from dualhome.domain.states import State
from tests.support.builders.values import a_record

TARGETS = st.text("ab1._-", min_size=1, max_size=32).map(TargetName)
VERSIONS = st.integers(1, 10**6)
NUMBERS = st.integers(1, MOST_NAMES)
INSTANCE = "i-0123456789abcdef0"


def name_of(target: TargetName, version: int = 5, number: int = 1) -> str:
    """Return the name of a rollback of this instance."""
    record = a_record(State.RELEASING, instance=INSTANCE, target=target, version=version)
    return execution_name(record, number)


def test_an_ordinary_target_stands_in_the_name_as_it_is() -> None:
    """Operators put the name together by hand."""
    assert f"{INSTANCE}-mgmt-5" == name_of(TargetName("mgmt"))
    assert f"{INSTANCE}-mgmt-5-try2" == name_of(TargetName("mgmt"), number=2)


def test_a_dot_is_no_underscore() -> None:
    """The second of two targets would find the rollback of the first one, and start none."""
    assert f"{INSTANCE}-a_b-5-d2" == name_of(TargetName("a.b"))
    assert f"{INSTANCE}-a_b-5" == name_of(TargetName("a_b"))


@given(st.tuples(TARGETS, VERSIONS, NUMBERS), st.tuples(TARGETS, VERSIONS, NUMBERS))
def test_no_two_rollbacks_share_a_name(
    one: tuple[TargetName, int, int], other: tuple[TargetName, int, int]
) -> None:
    """A name that was used is refused for ninety days."""
    assert (one == other) == (name_of(*one) == name_of(*other))


@given(TARGETS, VERSIONS, NUMBERS)
def test_a_name_is_logged_and_short_enough(target: TargetName, version: int, number: int) -> None:
    """Other characters switch the execution's log off; more than 80 are refused."""
    assert re.fullmatch(r"[0-9A-Za-z_-]{1,80}", name_of(target, version, number))
