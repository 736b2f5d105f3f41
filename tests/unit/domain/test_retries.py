"""How long to wait before the next try."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from dualhome.domain.states import poll_delay, retry_after
from tests.unit.domain.strategies import QUICK

ATTEMPTS = st.integers(min_value=1, max_value=10_000)
QUEUE_LIMIT = timedelta(minutes=15)
"""Amazon SQS Developer Guide, "Amazon SQS message timers"."""


def test_the_first_poll_comes_after_a_second_and_the_first_retry_after_a_minute() -> None:
    """An attachment is usually visible in a second or two; a failure is seldom cured so soon."""
    assert timedelta(seconds=1) == poll_delay(1)
    assert timedelta(minutes=1) == retry_after(1)


def test_requeues_come_quickly_at_first_and_once_a_minute_in_the_end() -> None:
    """Most attachments are there after two looks; what hangs is not asked about every second."""
    seconds = [poll_delay(attempt) / timedelta(seconds=1) for attempt in range(1, 12)]

    assert seconds == [1, 2, 3, 5, 8, 13, 21, 34, 55, 55, 55]


@QUICK
@given(ATTEMPTS)
def test_waits_never_shrink_as_attempts_grow(attempt: int) -> None:
    """What does not come right is asked about less and less."""
    assert poll_delay(attempt) <= poll_delay(attempt + 1)
    assert retry_after(attempt) <= retry_after(attempt + 1)


@QUICK
@given(ATTEMPTS)
def test_a_request_can_always_be_delayed_by_the_queue_in_whole_seconds(attempt: int) -> None:
    """SQS refuses longer delays, and fractions."""
    assert timedelta(seconds=1) <= poll_delay(attempt) <= QUEUE_LIMIT
    assert poll_delay(attempt) % timedelta(seconds=1) == timedelta()


def test_a_failure_is_retried_in_doubling_waits_of_at_most_an_hour() -> None:
    """A cured cause is noticed within the hour, whatever number of failures came before."""
    minutes = [retry_after(attempt) / timedelta(minutes=1) for attempt in range(1, 10)]

    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60, 60]
