"""Arguments and options that several commands share."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

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


def action_options(command: F) -> F:
    """Give a command its instances, and `--target`, `--yes` and `--no-follow`."""
    command = yes_option(follow_option(command))
    command = click.option(
        "--target", "targets", metavar="NAME", multiple=True, help="Only this target."
    )(command)
    return click.argument(
        "instances", metavar="INSTANCE...", nargs=-1, required=True, type=INSTANCE
    )(command)
