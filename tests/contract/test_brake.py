"""Both brakes count alike: the one in memory, and the one in DynamoDB."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from dualhome.adapters.dynamodb.release_breaker import DynamoDbBrake
from dualhome.application.ports import Brake
from dualhome.domain.identifiers import InstanceId
from tests.support.fakes.call_log import Calls
from tests.support.fakes.release_breaker import InMemoryBrake
from tests.support.worlds.ledgers import ATTACHMENTS, tables

ONE, TWO, THREE = (InstanceId(f"i-{number:017x}") for number in (1, 2, 3))

MakeBrake = Callable[[int], Brake]


@pytest.fixture(params=["in memory", "DynamoDB"])
def brake_of(request: pytest.FixtureRequest) -> Iterator[MakeBrake]:
    """Each brake in turn, to be made with its limit."""
    if request.param == "in memory":
        yield partial(InMemoryBrake, Calls())
    else:
        with tables() as client:
            yield partial(DynamoDbBrake, client, ATTACHMENTS)


def test_no_more_instances_are_admitted_than_the_limit(brake_of: MakeBrake) -> None:
    """The limit itself is still allowed."""
    brake = brake_of(2)

    assert [True, True, False] == [brake.admits(it) for it in (ONE, TWO, THREE)]


def test_one_that_was_admitted_is_admitted_again(brake_of: MakeBrake) -> None:
    """A look that comes twice counts once."""
    brake = brake_of(1)

    assert [True, True, False] == [brake.admits(it) for it in (ONE, ONE, TWO)]


def test_a_limit_of_none_admits_nobody(brake_of: MakeBrake) -> None:
    """Not even the first."""
    assert not brake_of(0).admits(ONE)


def test_what_is_held_admits_nobody_until_it_is_released(brake_of: MakeBrake) -> None:
    """Not those either that were admitted before."""
    brake = brake_of(2)
    brake.admits(ONE)

    brake.hold()
    held = [brake.admits(it) for it in (ONE, TWO)]
    brake.release()

    assert [False, False] == held
    assert brake.admits(TWO)


def test_a_release_counts_anew(brake_of: MakeBrake) -> None:
    """Each sweep that finds all in order makes room."""
    brake = brake_of(1)
    brake.admits(ONE)

    brake.release()

    assert [True, False] == [brake.admits(it) for it in (TWO, ONE)]


def test_releasing_and_holding_may_be_repeated(brake_of: MakeBrake) -> None:
    """A sweep that is cut off does it again."""
    brake = brake_of(1)

    brake.release()
    brake.hold()
    brake.hold()

    assert not brake.admits(ONE)
