"""`dualhome watch`: every move is shown once, whatever happens on the way."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from dualhome.domain.errors import AccessDeniedError, ThrottledError, UnavailableError
from dualhome_cli.history.tail import LONGEST_PAUSE_SECONDS, OVERLAP, Tail
from tests.support.builders.values import NOW, a_pause_change
from tests.unit.cli.growing_audit_log import GrowingAuditLog, a_move

SECOND = timedelta(seconds=1)
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


def shown(log: GrowingAuditLog, count: int) -> list[str]:
    """Return the ids of the first ``count`` moves that are shown."""
    return list(islice(log.follow(), count))


def test_a_move_is_shown_once_it_is_there() -> None:
    """The view is left open during a rollout."""
    log = GrowingAuditLog()
    log.later = {
        1: log.adds(a_move("1", NOW + SECOND)),
        3: log.adds(a_move("2", NOW + 5 * SECOND)),
    }

    assert ["1", "2"] == shown(log, 2)
    assert 3 == len(log.slept)


def test_what_happened_before_is_not_shown() -> None:
    """That is what history is for."""
    log = GrowingAuditLog(audit=[a_move("old", NOW - SECOND)])
    log.later = {1: log.adds(a_move("new", NOW + SECOND))}

    assert ["new"] == shown(log, 1)


def test_a_move_that_comes_late_is_not_missed() -> None:
    """Its date is when it was decided; others that were decided later may be seen first."""
    log = GrowingAuditLog(audit=[a_move("old", NOW - SECOND)])
    log.later = {
        1: log.adds(a_move("first", NOW + 40 * SECOND)),
        2: log.adds(a_move("late", NOW - 10 * SECOND)),
    }

    assert ["first", "late"] == shown(log, 2)


def test_moves_of_the_same_moment_are_all_shown() -> None:
    """Crowds are claimed by the millisecond."""
    log = GrowingAuditLog()
    log.later = {1: log.adds(*(a_move(str(number), NOW) for number in range(9)))}

    assert list("012345678") == shown(log, 9)


def test_midnight_is_survived() -> None:
    """Days are separate in the index; what is dated before midnight may be seen after it."""
    log = GrowingAuditLog(time=MIDNIGHT - 3 * SECOND, audit=[a_move("0", MIDNIGHT - 9 * SECOND)])
    log.later = {
        1: log.adds(a_move("before", MIDNIGHT - 2 * SECOND)),
        2: log.adds(a_move("after", MIDNIGHT + SECOND)),
        3: log.adds(a_move("late", MIDNIGHT - SECOND)),
    }

    assert ["before", "after", "late"] == shown(log, 3)


def test_a_quiet_start_right_after_midnight_misses_nothing() -> None:
    """There is no move of today to begin from."""
    log = GrowingAuditLog(time=MIDNIGHT + SECOND)
    log.later = {1: log.adds(a_move("late", MIDNIGHT - SECOND), a_move("new", MIDNIGHT))}

    assert ["late", "new"] == shown(log, 2)


@pytest.mark.parametrize("wrong", [timedelta(minutes=4), -timedelta(minutes=4)])
def test_a_clock_that_is_wrong_here_loses_nothing(wrong: timedelta) -> None:
    """AWS takes calls from clocks that are wrong by five minutes."""
    log = GrowingAuditLog(time=NOW + wrong, audit=[a_move("old", NOW - SECOND)])
    log.later = {1: log.adds(a_move("new", NOW + SECOND))}

    assert ["new"] == shown(log, 1)


def test_an_outage_is_reported_once_and_its_moves_are_shown_afterwards() -> None:
    """Throttling and lost connections are part of a night; a gap in the view is not."""
    log = GrowingAuditLog()
    tail = log.follow()
    log.later = {
        1: log.adds(a_move("1", NOW), a_move("2", NOW)),
        2: lambda: log.errors.extend(
            [ThrottledError("slow down"), UnavailableError("gone"), ThrottledError("slow down")]
        ),
        4: log.adds(a_move("3", NOW + SECOND)),
    }

    assert ["1", "2", "3"] == list(islice(tail, 3))
    assert 1 == len(log.said)
    assert "moves made meanwhile are shown afterwards" in log.said[0]


def test_a_read_that_fails_half_way_shows_nothing_twice() -> None:
    """The rest comes with the next read."""
    log = GrowingAuditLog()

    def come_and_be_cut_off() -> None:
        log.audit += [a_move(it, NOW) for it in "123"]
        log.errors.append(UnavailableError("cut off"))

    log.later = {1: come_and_be_cut_off}

    assert ["1", "2", "3"] == shown(log, 3)
    assert 1 == len(log.said)


def test_patience_grows_up_to_a_limit_and_is_forgotten() -> None:
    """Throttling is not cured by more calls."""
    log = GrowingAuditLog()
    tail = log.follow()
    log.later = {
        1: lambda: log.errors.extend([ThrottledError("slow down")] * 6),
        9: log.adds(a_move("1", NOW + SECOND)),
    }
    next(tail)

    assert [2, 4, 8, 16, 30, 30, 30, 2, 2] == log.slept
    assert max(log.slept) == LONGEST_PAUSE_SECONDS


def test_what_waiting_does_not_help_ends_the_view() -> None:
    """A view that will never show anything must end."""
    log = GrowingAuditLog()
    log.later = {1: lambda: log.errors.append(AccessDeniedError("no"))}

    with pytest.raises(AccessDeniedError):
        shown(log, 1)


def test_what_can_come_no_more_is_forgotten() -> None:
    """A view may be left open for weeks."""
    log = GrowingAuditLog()
    tail = Tail(log, NOW)
    log.adds(*(a_move(str(number), NOW + number * SECOND) for number in range(500)))()

    assert 500 == len(list(tail.new(NOW)))
    assert len(tail._seen) <= OVERLAP.total_seconds() + 1  # noqa: SLF001 - what a leak would fill


def test_a_pause_is_shown_among_the_moves() -> None:
    """It explains why nothing follows."""
    log = GrowingAuditLog(pauses=[a_pause_change("earlier", since=NOW - SECOND)])
    pause = a_pause_change("pause", since=NOW + 2 * SECOND)
    log.later = {
        1: log.adds(a_move("1", NOW + SECOND)),
        2: lambda: log.pauses.append(pause),
        3: log.adds(a_move("2", NOW + 3 * SECOND)),
    }

    assert ["1", "pause", "2"] == shown(log, 3)
