"""Ids as people type them."""

import re

import click


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
