"""Commands that are imported only when they are called, so that help and completion stay quick."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

PACKAGE = "dualhome_cli.commands"
INTERRUPTED = 130
"""As a shell reports a program that SIGINT has ended."""


class LazyGroup(click.Group):
    """``sections``: a heading, then the names of commands and what each is for."""

    def __init__(
        self, *args: Any, sections: Mapping[str, Mapping[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._sections = sections

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order in which help shows them."""
        return [name for named in self._sections.values() for name in named]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"{PACKAGE}.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run a command: what AWS does not grant becomes a sentence, and Ctrl-C is quiet."""
        try:
            from dualhome_cli.trouble import in_plain_words  # noqa: PLC0415 - it imports botocore

            with in_plain_words():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            raise click.exceptions.Exit(INTERRUPTED) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each command is for, without importing any."""
        width = max(map(len, self.list_commands(ctx)))
        for heading, named in self._sections.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), what) for name, what in named.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name without importing any."""
        found = [
            CompletionItem(name, help=what)
            for named in self._sections.values()
            for name, what in named.items()
            if name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)
