"""`dualhome redrive`: messages of the dead-letter queues are handled again."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import click

from dualhome_cli.redrive.dead_letters import Outcome
from dualhome_cli.redrive.queues import INTENTS, DeadLetterQueue, Name, queue
from dualhome_cli.redrive.report import COLUMNS, Contents, Result, print_end, read_contents, run
from dualhome_cli.stack import Stack, pass_stack
from dualhome_cli.ui.output import Format, output_option, show
from dualhome_cli.ui.prompts import confirm, yes_option

EPILOG = """
\b
Examples:
  dualhome redrive --dry-run
  dualhome redrive
  dualhome redrive changes rules --yes

\b
Exit codes:
  0    every queue is empty in the end (or, with --dry-run, is empty)
  1    messages are left that this version cannot parse (or, with --dry-run, there are some)
  3    AWS refused a call; what was not handled is still in its queue
"""


@click.command(epilog=EPILOG)
@click.argument(
    "names", metavar="[QUEUE]...", nargs=-1, type=click.Choice([it.value for it in Name])
)
@click.option("--dry-run", is_flag=True, help="Show what the queues hold, and change nothing.")
@yes_option
@output_option
@pass_stack
def command(
    stack: Stack, names: tuple[str, ...], *, dry_run: bool, yes: bool, output: Format
) -> None:
    """
    Handle the messages of the dead-letter queues again.

    QUEUE is changes, rules, publish, status or sweep; without any, all five. A message is deleted
    after it is handled. A second redrive does no harm; what cannot be parsed stays in its queue.
    """
    queues = [queue(stack, name) for name in dict.fromkeys(map(Name, names or Name))]
    with ThreadPoolExecutor() as at_once:  # an empty queue takes a second to say so
        found = at_once.map(lambda it: read_contents(it.name, it.letters, it.handler), queues)
        contents = dict(zip(queues, found, strict=True))
    full = [it for it in queues if not contents[it].empty]
    if dry_run or output is Format.TABLE:
        show(contents.values(), COLUMNS, output, of=Contents, nothing="")
    if dry_run:
        raise click.exceptions.Exit(1 if full or any(it.hidden for it in contents.values()) else 0)
    if full:
        confirm((INTENTS[it.name] for it in full), yes=yes, err=output is not Format.TABLE)
    else:
        click.echo("There is nothing to redrive.", err=True)
    results = list(_results(contents, output))
    if output is not Format.TABLE:
        show(results, (), output, of=Result, nothing="")
    if any(it.left for it in results):
        raise click.exceptions.Exit(1)


def _results(contents: Mapping[DeadLetterQueue, Contents], output: Format) -> Iterator[Result]:
    """Redrive the queues; yield how each ended, and print it at once."""
    table = output is Format.TABLE
    for it, found in contents.items():
        outcome = Outcome()
        if not found.empty:
            outcome = run(it, found.waiting, quiet=not table)
        if table and not found.empty:
            print_end(it.name, outcome)
        yield Result.of(found, outcome)
