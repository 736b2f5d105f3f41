"""How long to wait before the next try."""

from datetime import timedelta

_LOOKS = (1, 2, 3, 5, 8, 13, 21, 34, 55)


def look_delay(attempt: int) -> timedelta:
    """Return the wait before look number ``attempt`` (from 1) at something on its way."""
    return timedelta(seconds=_LOOKS[min(attempt, len(_LOOKS)) - 1])


def retry_after(attempt: int) -> timedelta:
    """Return the wait after failure number ``attempt`` (from 1): 1 min, doubling, 1 h at most."""
    return doubled(timedelta(minutes=1), attempt - 1, timedelta(hours=1))


def doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    """Return ``first``, doubled so many ``times`` (not at all if negative), ``longest`` at most."""
    return min(first * (1 << max(0, min(times, 30))), longest)
