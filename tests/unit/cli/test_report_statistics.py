"""A day's moves are counted, and the times to attach are times that were taken."""

from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualhome.domain.states import State
from dualhome_cli.report.charts import SIZE, moves_chart, seconds_of, times_chart
from dualhome_cli.report.statistics import OUTCOMES, Day, Outcome, Times, day_of, times_of
from tests.support.builders.large_report import many, seen_at
from tests.support.builders.values import NOW, a_pause_change

TODAY = NOW.date()


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ([3.0], Times(1, 3, 3, 3)),
        ([2.0, 1.0], Times(2, 1, 2, 2)),
        ([float(it) for it in range(1, 101)], Times(100, 50, 90, 99)),
        ([float(it) for it in range(1, 1_001)], Times(1_000, 500, 900, 990)),
    ],
)
def test_a_percentile_is_a_time_that_was_taken(seconds: list[float], expected: Times) -> None:
    """Nearest rank: of a few, no time is made up between two."""
    assert expected == times_of(seconds)


def test_without_attachments_there_are_no_percentiles() -> None:
    """Zero seconds would be a boast."""
    assert times_of([]) is None


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_percentiles_are_in_order(seconds: list[float]) -> None:
    """Whatever was measured."""
    times = times_of(seconds)

    assert times
    assert min(seconds) <= times.p50 <= times.p90 <= times.p99 <= max(seconds)


def test_each_move_counts_in_its_hour_of_utc() -> None:
    """Whatever offset a time is written with."""
    at_noon_utc = NOW.astimezone(timezone(timedelta(hours=5)))

    day = day_of(TODAY, seen_at([at_noon_utc, NOW + timedelta(minutes=59)]))

    assert {12: 2} == {
        number: hour.outcomes[Outcome.ATTACHED]
        for number, hour in enumerate(day.hours)
        if hour.outcomes
    }


def test_moves_on_the_way_are_counted_and_come_to_nothing() -> None:
    """An attachment takes three moves, and is one attachment."""
    crowd = many(1_000)

    day = day_of(TODAY, crowd.entries)

    assert 1_000 == day.moves
    ends = [entry for entry in crowd.entries if entry.after.state in OUTCOMES]
    assert len(ends) < 1_000
    assert len(ends) == sum(hour.outcomes.total() for hour in day.hours)


def test_every_settled_state_has_an_outcome() -> None:
    """A new state is not silently left out."""
    moving = {State.CLAIMED, State.ATTACHING, State.RELEASING}

    assert set(State) - moving == set(OUTCOMES)


def test_clocks_that_differ_give_no_negative_time() -> None:
    """The event's clock is AWS's, to the second; ours is finer."""
    assert Times(1, 0, 0, 0) == day_of(TODAY, seen_at([NOW], seconds=-0.4)).times


@pytest.mark.parametrize("seconds", [0, 0.001, 0.1, 1, 3.4, 100, 100_000])
def test_nothing_is_drawn_outside_the_charts(seconds: float) -> None:
    """From a reconciliation that found it attached already, to one that took a day."""
    hours = [NOW.replace(hour=it) for it in (0, 5, 5, 23)]
    day = day_of(TODAY, seen_at(hours, seconds))

    for chart in (moves_chart(day), times_chart(day)):
        blocks = [block for column in chart.columns for block in column.blocks]
        assert blocks
        assert min(block.x for block in blocks) >= 0
        assert max(block.x + block.width for block in blocks) <= SIZE
        assert min(block.y for block in blocks) >= -1  # half a tick
        assert max(block.y + block.height for block in blocks) <= SIZE + 1


def test_a_column_is_as_high_as_its_share_of_the_busiest_hour() -> None:
    """The scale is that hour's."""
    day = day_of(TODAY, seen_at([NOW, NOW, NOW.replace(hour=3)]))

    heights = {
        number: sum(block.height for block in column.blocks)
        for number, column in enumerate(moves_chart(day).columns)
        if column.blocks
    }

    assert {3: 50, 12: 100} == heights


def test_a_column_says_in_words_what_it_shows() -> None:
    """For those who do not see it."""
    day = day_of(TODAY, seen_at([NOW]))

    assert "12:00 to 13:00: 1 attached" == moves_chart(day).columns[12].title
    (column,) = times_chart(day).columns
    assert "12:00 to 13:00: p50 1 s, p90 1 s, p99 1 s, of 1 attachment" == column.title


def test_a_day_without_moves_is_drawn_too() -> None:
    """As an empty one."""
    day = day_of(TODAY, [])

    assert Day(TODAY, 0, day.hours, None) == day
    assert not any(column.blocks for column in moves_chart(day).columns)
    assert () == times_chart(day).columns


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.0213, "0.021 s"),
        (3.42, "3.42 s"),
        (59.94, "59.9 s"),
        (90, "1.5 min"),
        (86_400, "1,440 min"),
    ],
)
def test_a_duration_is_written_to_what_matters_of_it(seconds: float, expected: str) -> None:
    """Milliseconds of a minute do not matter."""
    assert expected == seconds_of(seconds)


def test_a_pause_is_no_move() -> None:
    """The report says at its top that it is paused."""
    moves = list(seen_at([NOW]))

    assert day_of(TODAY, moves) == day_of(TODAY, [a_pause_change(), *moves])
