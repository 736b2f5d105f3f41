"""Arguments and options that several commands share."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from dualhome.domain.pause import LONGEST_REASON
from dualhome_cli.ui.prompts import follow_option, yes_option

F = TypeVar("F", bound=Callable[..., Any])


class Id(click.ParamType[str]):
    """An id of one of the ``kinds``, such as ``i-`` or ``eni-``."""

    def __init__(self, **kinds: str) -> None:
        self.name = " or ".join(kinds.values())
        self._ids = re.compile(rf"({'|'.join(kinds)})-[0-9a-f]{{1,17}}")

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the id."""
        if not self._ids.fullmatch(text := str(value).strip()):
            self.fail(f"{value!r} is no id of an {self.name}", param, ctx)
        return text


INSTANCE = Id(i="instance")
INSTANCE_OR_INTERFACE = Id(i="instance", eni="interface")


class Sentence(click.ParamType[str]):
    """A text of others' to read: one line, printable, and no longer than ``most`` characters."""

    name = "text"

    def __init__(self, most: int) -> None:
        self._most = most

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the text without blanks around it."""
        text = str(value).strip()
        if not text.isprintable():
            self.fail(f"{text!r}: expected one line of printable characters", param, ctx)
        if len(text) > self._most:
            self.fail(f"{len(text)} characters: expected {self._most} at most", param, ctx)
        if not text and param is not None and param.required:
            self.fail("it is empty: say why, for those who find the stack paused", param, ctx)
        return text


REASON = Sentence(LONGEST_REASON)


def action_options(command: F) -> F:
    """Give a command its instances, and `--target`, `--yes` and `--no-follow`."""
    command = yes_option(follow_option(command))
    command = click.option(
        "--target", "targets", metavar="NAME", multiple=True, help="Only this target."
    )(command)
    return click.argument(
        "instances", metavar="INSTANCE...", nargs=-1, required=True, type=INSTANCE
    )(command)
