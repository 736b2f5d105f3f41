"""Items that another version has written: a list goes on without them, and tells how many."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import click

from dualhome.adapters.dynamodb.items import read_audit, read_record
from dualhome.domain.attachment import Attachment, AuditEntry
from dualhome.domain.errors import UnreadableItemError
from dualhome_cli.errors import INSTALL

T = TypeVar("T")
Item = Mapping[str, Any]


class Unreadable:
    """What was left out so far, each item once, however often it is read."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}
        self._told = 0

    @property
    def count(self) -> int:
        """How many items were left out."""
        return len(self._found)

    @property
    def items(self) -> tuple[str, ...]:
        """What is known of each item that was left out."""
        return tuple(self._found)

    def records(self, items: Iterable[Item]) -> Iterator[Attachment]:
        """Yield the record of each item that can be read."""
        return self._those(items, read_record)

    def audits(self, items: Iterable[Item]) -> Iterator[AuditEntry]:
        """Yield the entry of each audit item that can be read."""
        return self._those(items, read_audit)

    def unless(self, read: Callable[[], T], otherwise: T) -> T:
        """Return what ``read`` returns, ``otherwise`` if that cannot be read."""
        try:
            return read()
        except UnreadableItemError as error:
            self._found[error.message] = None
            return otherwise

    def said(self) -> str:
        """Return in sentences what was left out; empty if nothing was."""
        if not self._found:
            return ""
        items = "1 item is" if self.count == 1 else f"{self.count} items are"
        return f"{items} left out. {next(iter(self._found))}."

    def tell(self) -> None:
        """Say it on standard error, if there is more than was told before."""
        if self.count > self._told:
            self._told = self.count
            click.echo(f"{self.said()} {INSTALL}", err=True)

    def _those(self, items: Iterable[Item], read: Callable[[Item], T]) -> Iterator[T]:
        for item in items:
            try:
                yield read(item)
            except UnreadableItemError as error:
                self._found[error.message] = None
