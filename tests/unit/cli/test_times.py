"""Times as people write and read them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualhome_cli.ui.times import parse_since, print_age, print_time
from tests.support.builders.values import NOW


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("3D", timedelta(days=3)),
        (" 1w ", timedelta(weeks=1)),
    ],
)
def test_an_age_is_taken_from_now(text: str, age: timedelta) -> None:
    """No operator counts back hours at night."""
    assert NOW - age == parse_since(text, NOW)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22T14:30", datetime(2026, 11, 22, 14, 30, tzinfo=UTC)),
        ("2026-11-22T14:30:00Z", datetime(2026, 11, 22, 14, 30, tzinfo=UTC)),
        ("2026-11-22T14:30+02:00", datetime(2026, 11, 22, 12, 30, tzinfo=UTC)),
    ],
)
def test_a_time_without_an_offset_is_utc(text: str, time: datetime) -> None:
    """As in AWS's logs, from which such times are copied."""
    assert time == parse_since(text, NOW)


@pytest.mark.parametrize("text", ["", "yesterday", "2x", "h", "-2h", "2026-13-01", "14:30"])
def test_anything_else_is_no_time(text: str) -> None:
    """A guess would show a wrong part of the past."""
    with pytest.raises(ValueError, match=r".*"):
        parse_since(text, NOW)


def test_an_age_longer_than_any_calendar_is_refused() -> None:
    """The largest number that can be written must not end in a traceback."""
    with pytest.raises(OverflowError):
        parse_since("999999w", NOW)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (3660, "1 h 1 min"),
        (3601, "1 h"),
        (90_000, "1 d 1 h"),
        (86_460, "1 d"),
        (-5, "0 s"),
    ],
)
def test_an_age_is_written_by_its_two_largest_units(seconds: int, text: str) -> None:
    """Seconds say nothing about what has stood for days."""
    assert text == print_age(timedelta(seconds=seconds))


def test_a_time_is_written_in_utc() -> None:
    """Its reader may sit anywhere."""
    assert "2026-03-01 12:00:00" == print_time(NOW.astimezone(timezone(timedelta(hours=5))))


@given(st.integers(min_value=0, max_value=10**9))
def test_an_age_is_never_written_as_longer_than_it_is(seconds: int) -> None:
    """What is left out is left out at the end."""
    units = {"d": 86400, "h": 3600, "min": 60, "s": 1}
    words = print_age(timedelta(seconds=seconds)).split()

    shown = sum(int(n) * units[u] for n, u in zip(words[::2], words[1::2], strict=True))

    assert shown <= seconds < 2 * shown + 1
