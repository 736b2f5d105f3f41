"""Items that another version has written: a list skips them, and reports how many."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import click

from dualhome.domain.errors import UnreadableItemError
from dualhome_cli.errors import INSTALL

T = TypeVar("T")
Item = Mapping[str, Any]


class SkippedItems:
    """What was skipped so far, each item once, however often it is read."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}
        self._reported = 0

    @property
    def count(self) -> int:
        """How many items were skipped."""
        return len(self._found)

    @property
    def items(self) -> tuple[str, ...]:
        """What is known of each item that was skipped."""
        return tuple(self._found)

    def readable(self, items: Iterable[Item], read: Callable[[Item], T]) -> Iterator[T]:
        """Yield what ``read`` returns of each item that it can read."""
        for item in items:
            try:
                yield read(item)
            except UnreadableItemError as error:
                self._found[error.message] = None

    def unless(self, read: Callable[[], T], otherwise: T) -> T:
        """Return what ``read`` returns, ``otherwise`` if that cannot be read."""
        try:
            return read()
        except UnreadableItemError as error:
            self._found[error.message] = None
            return otherwise

    def text(self) -> str:
        """Return in sentences what was skipped; empty if nothing was."""
        if not self._found:
            return ""
        items = "1 item is" if self.count == 1 else f"{self.count} items are"
        return f"{items} skipped. {next(iter(self._found))}."

    def report(self) -> None:
        """Write it on standard error, if there is more than was reported before."""
        if self.count > self._reported:
            self._reported = self.count
            click.echo(f"{self.text()} {INSTALL}", err=True)
