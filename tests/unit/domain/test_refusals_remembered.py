"""The memory of interfaces that EC2 has refused: how long, and how many."""

from datetime import timedelta

import pytest

from dualhome.domain.identifiers import InterfaceId
from dualhome.domain.refusals import REMEMBERED, Refusal, in_force, remember
from tests.support.builders.values import INTERFACE, NOW

HOUR = timedelta(hours=1)
CODE = "PrivateIpAddressLimitExceeded"


@pytest.mark.parametrize(("times", "hours"), [(1, 1), (2, 2), (3, 4), (5, 16), (6, 24), (99, 24)])
def test_a_refusal_counts_for_an_hour_doubled_each_time_to_a_day(times: int, hours: int) -> None:
    """What is wrong with an interface is seldom corrected within the hour, and never announced."""
    known: tuple[Refusal, ...] = ()

    for _ in range(times):
        known = remember(known, INTERFACE, CODE, NOW)

    assert (Refusal(INTERFACE, CODE, times, NOW + hours * HOUR),) == known


def test_a_refusal_in_force_ends_at_its_time() -> None:
    """Last in order for a while, not for ever."""
    known = remember((), INTERFACE, CODE, NOW)

    assert {INTERFACE: NOW + HOUR} == in_force(known, NOW + HOUR - timedelta(seconds=1))
    assert {} == in_force(known, NOW + HOUR)


def test_those_that_have_expired_are_dropped_and_what_is_refused_again_counts_on() -> None:
    """The record must not grow with every interface that was ever in the pool."""
    known = remember(remember((), INTERFACE, CODE, NOW), InterfaceId("eni-02"), CODE, NOW)

    later = remember(known, INTERFACE, "Other", NOW + 2 * HOUR)

    assert (Refusal(INTERFACE, "Other", 2, NOW + 4 * HOUR),) == later


def test_only_the_latest_are_remembered() -> None:
    """An item of DynamoDB has 400 KB; and its reader less time."""
    known: tuple[Refusal, ...] = ()

    for number in range(REMEMBERED + 3):
        known = remember(known, InterfaceId(f"eni-{number:02}"), CODE, NOW)

    expected = [f"eni-{number:02}" for number in range(3, REMEMBERED + 3)]
    assert expected == [it.interface for it in known]
