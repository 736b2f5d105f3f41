"""Times as operators write and read them; all are UTC, as in AWS's logs."""

import re
from datetime import UTC, datetime, timedelta

import click

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_AGE = re.compile(r"(\d{1,6})([wdhms])")
_LEVELS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


class Since(click.ParamType[datetime]):
    """A time in the past: an age such as ``2h``, or an ISO date or time."""

    name = "since"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the time, in UTC where no offset is given."""
        if isinstance(value, datetime):
            return value
        try:
            return parse_since(str(value), datetime.now(UTC))
        except (ValueError, OverflowError):
            self.fail(
                f"{value!r}: expected an age (90s 30m 2h 3d 1w) or 2026-11-22[T14:30]", param, ctx
            )


def parse_since(text: str, now: datetime) -> datetime:
    """
    Read an age, or an ISO date or time.

    Raises:
        ValueError, OverflowError: it is neither, or no calendar reaches so far.
    """
    if found := _AGE.fullmatch(text.strip().lower()):
        number, unit = found.groups()
        return now - timedelta(**{_UNITS[unit]: int(number)})
    time = datetime.fromisoformat(text)
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def print_time(time: datetime) -> str:
    """Write a time to the second."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def print_age(age: timedelta) -> str:
    """Write a duration by its two largest units: ``2 h 5 min``; clocks that differ make it 0."""
    rest = max(int(age.total_seconds()), 0)
    counts = []
    for size, unit in _LEVELS:
        count, rest = divmod(rest, size)
        counts.append((count, unit))
    first = next((at for at, (count, _) in enumerate(counts) if count), len(counts) - 1)
    shown = [(count, unit) for count, unit in counts[first : first + 2] if count]
    return " ".join(f"{count} {unit}" for count, unit in shown) or "0 s"
