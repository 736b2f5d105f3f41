"""Both release breakers count alike: the one in memory, and the one in DynamoDB."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from dualhome.adapters.dynamodb.release_breaker import DynamoDbReleaseBreaker
from dualhome.application.ports import ReleaseBreaker
from dualhome.domain.identifiers import InstanceId
from tests.support.fakes.call_log import Calls
from tests.support.fakes.release_breaker import InMemoryReleaseBreaker
from tests.support.worlds.ledgers import ATTACHMENTS, tables

ONE, TWO, THREE = (InstanceId(f"i-{number:017x}") for number in (1, 2, 3))

MakeBreaker = Callable[[int], ReleaseBreaker]


@pytest.fixture(params=["in memory", "DynamoDB"])
def breaker_of(request: pytest.FixtureRequest) -> Iterator[MakeBreaker]:
    """Each breaker in turn, to be made with its limit."""
    if request.param == "in memory":
        yield partial(InMemoryReleaseBreaker, Calls())
    else:
        with tables() as client:
            yield partial(DynamoDbReleaseBreaker, client, ATTACHMENTS)


def test_no_more_instances_are_admitted_than_the_limit(breaker_of: MakeBreaker) -> None:
    """The limit itself is still allowed."""
    breaker = breaker_of(2)

    assert [True, True, False] == [breaker.admits(it) for it in (ONE, TWO, THREE)]


def test_one_that_was_admitted_is_admitted_again(breaker_of: MakeBreaker) -> None:
    """A reconcile request that comes twice counts once."""
    breaker = breaker_of(1)

    assert [True, True, False] == [breaker.admits(it) for it in (ONE, ONE, TWO)]


def test_a_limit_of_none_admits_no_instance(breaker_of: MakeBreaker) -> None:
    """Not even the first."""
    assert not breaker_of(0).admits(ONE)


def test_an_open_breaker_admits_no_instance_until_it_is_reset(breaker_of: MakeBreaker) -> None:
    """Not those either that were admitted before."""
    breaker = breaker_of(2)
    breaker.admits(ONE)

    breaker.open()
    admitted = [breaker.admits(it) for it in (ONE, TWO)]
    breaker.reset()

    assert [False, False] == admitted
    assert breaker.admits(TWO)


def test_a_reset_breaker_counts_anew(breaker_of: MakeBreaker) -> None:
    """Each sweep that finds all in order makes room."""
    breaker = breaker_of(1)
    breaker.admits(ONE)

    breaker.reset()

    assert [True, False] == [breaker.admits(it) for it in (TWO, ONE)]


def test_reset_and_open_may_be_repeated(breaker_of: MakeBreaker) -> None:
    """A sweep that is cut off does it again."""
    breaker = breaker_of(1)

    breaker.reset()
    breaker.open()
    breaker.open()

    assert not breaker.admits(ONE)
