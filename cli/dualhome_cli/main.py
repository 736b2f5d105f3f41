"""The command `dualhome`: global options, and commands that are imported only when called."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from dualhome_cli import __version__


@dataclass(frozen=True, slots=True)
class Connection:
    """
    Where the global options say that the stack is.

    ``profile`` and ``region`` are as AWS tools choose them where they are None.
    """

    profile: str | None
    region: str | None
    stack_name: str


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
        """Run a command: an error of AWS becomes a sentence, and Ctrl-C is quiet."""
        try:
            from dualhome_cli.errors import in_plain_words  # noqa: PLC0415 - it imports botocore

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


COMMANDS = {
    "Ask": {
        "status": "Show what is attached where, since when, and what needs attention.",
        "history": "Show what happened to an instance, an interface or on a day, and why.",
        "plan": "Show what the reconciler would do for an instance now, and why.",
        "targets": "Show the free interfaces of each pool, zone by zone.",
        "watch": "Show each move as it happens.",
        "doctor": "Check the stack and the account, and name what to do.",
        "report": "Write one page about everything, to read offline.",
    },
    "Change": {
        "retry": "Retry after fixing the cause.",
        "release": "Detach an instance's interfaces and return them to their pools.",
        "pause": "Stop attaching and detaching.",
        "resume": "Attach and detach again.",
        "redrive": "Handle the messages of the dead-letter queues again.",
    },
}
"""What each command is for, in the order in which help lists them."""


@click.group(
    cls=LazyGroup,
    sections=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""
    \b
    Examples:
      dualhome status
      dualhome status i-0123456789abcdef0
      dualhome --region eu-west-1 --profile ops history i-0123456789abcdef0 --since 2h

    \b
    Exit codes:
      0    fine
      1    something needs attention, where the command's help says so
      2    wrong usage
      3    AWS refused a call or did not answer; or the output could not be written
      130  interrupted by Ctrl-C
    """,
)
@click.option("--profile", metavar="NAME", help="Profile of your AWS configuration.")
@click.option("--region", metavar="NAME", help="AWS Region of the stack; else as AWS tools choose.")
@click.option(
    "--stack-name",
    metavar="NAME",
    default="dualhome",
    show_default=True,
    help="CloudFormation stack that dualhome was deployed as.",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def dualhome(
    context: click.Context, profile: str | None, region: str | None, stack_name: str
) -> None:
    """
    See and change what dualhome does with your instances.

    Everything is read with your own AWS credentials, found as the AWS CLI finds them. Commands that
    change something ask for confirmation and wait for the result.
    """
    context.obj = context.obj or Connection(profile, region, stack_name)
