"""How long to wait before the next try."""

from datetime import timedelta

_LOOKS = (1, 2, 3, 5, 8, 13, 21, 34, 55)


def look_delay(attempt: int) -> timedelta:
    """Return the wait before look number ``attempt`` (from 1) at something on its way."""
    return timedelta(seconds=_LOOKS[min(attempt, len(_LOOKS)) - 1])


def retry_after(attempt: int) -> timedelta:
    """Return the wait after failure number ``attempt`` (from 1): 1 min, doubling, 1 h at most."""
    doublings = max(0, min(attempt - 1, 6))
    return min(timedelta(minutes=1 << doublings), timedelta(hours=1))
