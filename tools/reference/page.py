"""The page of commands: what people wrote, and between two marks what `--help` says."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dualhome_cli.main import dualhome

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
BEGIN, END = "<!-- help: made by `make reference` -->", "<!-- end of help -->"
WIDTH = 100

_SECTION = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)


def up_to_date(page: str) -> str:
    """
    Return ``page`` with the help of today.

    Raises:
        ValueError: the marks are not both there.
    """
    if not _SECTION.search(page):
        raise ValueError(f"{PAGE.name} lacks {BEGIN!r}, or {END!r} after it")
    text = "\n\n".join((BEGIN, *_sections(), END))
    return _SECTION.sub(lambda _: text, page)


def _sections() -> Iterator[str]:
    settings: dict[str, Any] = {"resilient_parsing": True, "terminal_width": WIDTH}
    with dualhome.make_context("dualhome", [], **settings) as context:
        yield _section("dualhome", dualhome.get_help(context))
        for name in dualhome.list_commands(context):
            command = dualhome.get_command(context, name)
            if command is None:
                raise LookupError(name)
            with command.make_context(name, [], context, **settings) as its_own:
                yield _section(f"dualhome {name}", command.get_help(its_own))


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n```\n{text.strip()}\n```"
