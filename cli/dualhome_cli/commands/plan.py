"""`dualhome plan`: what the reconciler would do now, and why."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

import click

from dualhome.domain.identifiers import InstanceId
from dualhome_cli.data.instances import filters
from dualhome_cli.data.pauses import print_effect
from dualhome_cli.plan.outcome import InstanceOutcome, Outcome
from dualhome_cli.plan.rows import Row, rows
from dualhome_cli.plan.simulation import Planning, SimulatedBreaker, simulate
from dualhome_cli.plan.text import lines_of, totals
from dualhome_cli.stack import Stack, pass_stack
from dualhome_cli.ui.output import Format, output_option, show
from dualhome_cli.ui.parameters import INSTANCE
from dualhome_cli.ui.shell_commands import with_options
from dualhome_cli.ui.terminal import Line, console, write

EPILOG = """
\b
Examples:
  dualhome plan i-0123456789abcdef0
  dualhome plan i-0123456789abcdef0 --targets "mgmt data@2"
  dualhome plan --asg web --targets mgmt
  dualhome plan --tag role=web --tag env=prod -o csv

\b
Exit codes:
  0  every wanted target is attached, or can be attached now
  1  one is not and cannot be attached now, or no instance matches
  2  EC2 has no such instance
"""


@click.command(epilog=EPILOG)
@click.argument("instances", metavar="[INSTANCE]...", nargs=-1, type=INSTANCE)
@click.option("--targets", metavar="VALUE", help="Plan as if the targets tag had this value.")
@click.option("--asg", metavar="NAME", help="The instances of this Auto Scaling group, too.")
@click.option(
    "--tag",
    "tags",
    metavar="KEY=VALUE",
    multiple=True,
    help="The instances with this tag, too; * and ? stand for any characters. With several, and "
    "with --asg, those that match all.",
)
@click.option("--verbose", is_flag=True, help="Name every skipped interface.")
@output_option
@pass_stack
def command(
    stack: Stack,
    *,
    instances: tuple[InstanceId, ...],
    targets: str | None,
    asg: str | None,
    tags: tuple[str, ...],
    verbose: bool,
    output: Format,
) -> None:
    """
    Show what the reconciler would do for instances now, and why it skips which interface.

    Nothing is changed. Several instances are planned in the order given, those found by tag in
    the order of their ids: an interface that one would get is not promised to another.
    """
    if not (instances or asg or tags):
        raise click.UsageError("Name instances, or give --asg or --tag.")
    wanted = filters(asg, tags)
    found = stack.find_instances(wanted) if wanted else []
    ids = list(dict.fromkeys([*instances, *found]))
    if stack.pause.paused:
        click.echo(with_options(print_effect(stack.pause), stack), err=True)
    planning = Planning(stack.sources, stack.policy, _breaker(stack), stack.now(), targets)
    counts = Counts()
    _show(counts.counting(simulate(ids, planning)), output, stack, verbose=verbose)
    if len(ids) > 1 and output is Format.TABLE:
        said = f"{counts.instances} instances: {totals(counts.outcomes)}"
        write(console(), Line(0, said, "bold"))
    if code := 2 if counts.unknown else int(not (ids and counts.good)):
        raise click.exceptions.Exit(code)


def _breaker(stack: Stack) -> SimulatedBreaker:
    return SimulatedBreaker(int(stack.parameter("MaxReleasesPerSweep")), stack.breaker)


@dataclass(slots=True)
class Counts:
    """Counts over all instances."""

    instances: int = 0
    unknown: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    good: bool = True

    def counting(self, passing: Iterable[InstanceOutcome]) -> Iterator[InstanceOutcome]:
        """Yield each of ``passing``, and count its outcomes."""
        for it in passing:
            seen = [outcome.outcome for outcome in it.outcomes]
            self.instances += 1
            self.unknown += it.instance is None and set(seen) == {Outcome.GONE}
            self.outcomes.update(seen)
            self.good &= it.good
            yield it


def _show(found: Iterable[InstanceOutcome], output: Format, stack: Stack, *, verbose: bool) -> None:
    nothing = "No instance matches."
    match output:
        case Format.TABLE:
            _show_text(found, nothing, stack, verbose=verbose)
        case _:
            show(chain.from_iterable(map(rows, found)), (), output, of=Row, nothing=nothing)


def _show_text(
    found: Iterable[InstanceOutcome], nothing: str, stack: Stack, *, verbose: bool
) -> None:
    out = console()
    anything = False
    for line in chain.from_iterable(lines_of(it, verbose=verbose) for it in found):
        write(out, replace(line, text=with_options(line.text, stack)))
        anything = True
    if not anything:
        click.echo(nothing, err=True)
