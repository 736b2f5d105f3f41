"""Text that others wrote, made fit to be shown."""

import re

from rich.cells import cell_len, set_cell_size

from dualhome.domain.ec2 import Instance, Vpc
from dualhome_cli.ui.terminal import printable

_DIGITS = re.compile(r"(\d+)")


def clipped(text: str, cells: int) -> str:
    """Return ``text`` cut to the width of ``cells`` Latin letters, with a mark where it was cut."""
    if cell_len(text) <= cells:
        return text
    return f"{set_cell_size(text, cells - 1).rstrip()}…"


def name_of(resource: Instance | Vpc | None) -> str:
    """Return the ``Name`` tag without control and direction characters; empty without one."""
    return printable(resource.tags.get("Name", "")).strip() if resource else ""


def in_order(text: str) -> tuple[str | int, ...]:
    """Return a key by which ``web-2`` comes before ``web-10``."""
    parts = _DIGITS.split(text)
    return tuple(int(it) if place % 2 else it.casefold() for place, it in enumerate(parts))


def count_of(number: int, one: str, many: str) -> str:
    """Write a number with its noun."""
    return f"{number:,} {one if number == 1 else many}"
