"""A sweep goes on where the one before it left off, whatever ended that."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualhome.application.sweep import TRUSTED_FOR, SweepReport
from dualhome.domain.errors import PageGoneError, ThrottledError, UnavailableError
from dualhome.domain.identifiers import InstanceId
from tests.support.builders.values import an_instance, an_interface
from tests.support.fakes.call_log import Killed
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.scene import Scene
from tests.support.scenarios.sweep_cases import SweepCase, a_fleet_of

CASES = st.lists(st.sampled_from(SweepCase), max_size=12)
PAGES = st.integers(min_value=1, max_value=4)
MOST = st.integers(min_value=0, max_value=4)
EVERYTHING = [*SweepCase, *SweepCase]
EXPIRED = PageGoneError("The token is expired.", code="InvalidPaginationToken")
LOST = UnavailableError("timed out")


def uncut(scene: Scene, most: int) -> tuple[SweepReport, set[InstanceId]]:
    """Return what one sweep, that nothing ends, finds and asks to look at."""
    sweeper = Sweeper(scene, most_releases=most)
    return sweeper.sweep(), set(sweeper.requested())


def finish(sweeper: Sweeper, pages: Sequence[int] = ()) -> tuple[SweepReport, list[InstanceId]]:
    """Sweep until a round is done, each time for as many pages; return what all asked for."""
    described = []
    for some in chain(pages, repeat(1000)):
        report = sweeper.sweep(some)
        described += sweeper.requested()
        if report.swept:
            return report, described
    raise AssertionError


@given(CASES, MOST, PAGES, st.lists(st.integers(min_value=0, max_value=5), max_size=30))
def test_wherever_it_is_cut_off_a_round_finds_the_same(
    cases: Sequence[SweepCase], most: int, page: int, cuts: Sequence[int]
) -> None:
    """The size of pages and of ticks is AWS's business alone."""
    scene = a_fleet_of(cases)

    report, described = finish(Sweeper(scene, most, page), cuts)

    assert uncut(scene, most) == (report, set(described))


@given(
    cases=CASES,
    most=MOST,
    page=PAGES,
    call=st.integers(min_value=0, max_value=80),
    after_execution=st.booleans(),
)
def test_whenever_it_dies_a_round_finds_the_same(
    *, cases: Sequence[SweepCase], most: int, page: int, call: int, after_execution: bool
) -> None:
    """What was asked for and not noted is asked for again; nothing is counted twice."""
    scene = a_fleet_of(cases)
    expected, expected_requests = uncut(scene, most)
    sweeper = Sweeper(scene, most, page)
    scene.calls.die_at(call, after_execution=after_execution)
    described = []

    try:
        report = sweeper.sweep()
        described += sweeper.requested()
    except Killed:
        described += sweeper.requested()
        report, more = finish(sweeper)
        described += more

    assert expected == report
    assert expected_requests == set(described)


def test_what_is_asked_for_and_not_noted_is_asked_for_again() -> None:
    """The process died between the queue and the checkpoint: rather twice than never."""
    scene = a_fleet_of([SweepCase.MISSING, SweepCase.MISSING])
    expected, _ = uncut(scene, 20)
    sweeper = Sweeper(scene)
    scene.calls.before_next("put", lambda: scene.calls.fail_next("write_round", LOST))

    lost = sweeper.sweep()
    before = sweeper.requested()
    report = sweeper.sweep()

    assert (False, LOST) == (lost.swept, lost.error)
    assert ["i-000", "i-001"] == before == sweeper.requested()
    assert expected == report


def test_a_read_that_fails_costs_its_page_and_no_other() -> None:
    """EC2 is throttled half-way; the next tick need not begin anew."""
    scene = a_fleet_of(EVERYTHING)
    sweeper = Sweeper(scene, page=4)
    scene.calls.fail_nth("describe_fleet", 2, ThrottledError("slow down"))
    first = sweeper.sweep()
    scene.calls.forget()

    report = sweeper.sweep()

    assert (False, True) == (first.swept, report.swept)
    assert (0, 0) == (scene.calls.count("describe_pools"), scene.calls.count("attached"))


@pytest.mark.parametrize("moment", range(12))
def test_of_two_sweeps_at_once_the_slower_one_ends(moment: int) -> None:
    """An operator sweeps by hand while the schedule does; nothing is counted twice."""
    scene = a_fleet_of(EVERYTHING)
    expected, expected_requests = uncut(scene, 20)
    slow, quick = Sweeper(scene), Sweeper(scene)
    quick.checkpoints = slow.checkpoints
    found: list[SweepReport] = []
    for _ in range(moment):
        scene.calls.before_next("write_round", lambda: None)
    scene.calls.before_next("write_round", lambda: found.append(quick.sweep()))

    report = slow.sweep()

    assert not report.swept
    assert [expected] == found
    assert expected_requests <= {*slow.requested(), *quick.requested()}


@pytest.mark.parametrize("listing", ["describe_pools", "describe_fleet"])
def test_a_token_that_has_expired_begins_its_listing_anew(listing: str) -> None:
    """EC2 does not promise how long they last; what was counted of it is forgotten."""
    scene = a_fleet_of(EVERYTHING)
    expected, _ = uncut(scene, 20)
    sweeper = Sweeper(scene, page=5)
    while scene.calls.count(listing) < 3:
        sweeper.sweep(pages=1)
    scene.calls.fail_next(listing, EXPIRED)

    report, _ = finish(sweeper)

    assert expected == report


def test_a_token_that_was_just_given_must_hold() -> None:
    """Else a listing could begin anew for ever, and no alarm would say so."""
    scene = a_fleet_of(EVERYTHING)
    scene.calls.fail_nth("describe_pools", 1, EXPIRED)

    with pytest.raises(PageGoneError):
        Sweeper(scene, page=5).sweep()


def test_a_round_that_was_left_for_long_begins_anew() -> None:
    """What it has found may be true no more."""
    scene = a_fleet_of(EVERYTHING)
    sweeper = Sweeper(scene, page=5)
    sweeper.sweep(pages=8)
    scene.ec2.add(an_interface("eni-900"))
    scene.clock.advance((TRUSTED_FOR + timedelta(seconds=1)).total_seconds())

    report, _ = finish(sweeper)

    assert uncut(scene, 20)[0] == report


def test_a_tick_without_time_turns_no_page() -> None:
    """It would be killed in the middle of it."""
    scene = a_fleet_of(EVERYTHING)
    sweeper = Sweeper(scene)

    report = sweeper.sweep(pages=0)

    assert (False, 0) == (report.swept, report.instances)
    assert ["read_round", "read_pause"] == scene.calls.made


def test_each_round_counts_afresh() -> None:
    """Figures are of one round."""
    scene = a_fleet_of(EVERYTHING)
    sweeper = Sweeper(scene)

    first, second = sweeper.sweep(), sweeper.sweep()
    scene.ec2.add(an_instance("i-900"))
    third = sweeper.sweep()

    assert first == second
    assert third.instances == first.instances + 1
