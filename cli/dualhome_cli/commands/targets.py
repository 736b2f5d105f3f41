"""`dualhome targets`: the capacity of each pool."""

from collections.abc import Sequence
from dataclasses import replace

import click
from rich.text import Text

from dualhome_cli.data.snapshot import read_present
from dualhome_cli.pools.capacity import pools_of
from dualhome_cli.pools.rows import COLUMNS, Row, rows
from dualhome_cli.pools.shortages import Lack, Shortage, shortages
from dualhome_cli.stack import Stack, pass_stack
from dualhome_cli.ui.output import Format, output_option, show
from dualhome_cli.ui.shell_commands import with_options
from dualhome_cli.ui.terminal import Line, console, printable, write

EPILOG = """
\b
Examples:
  dualhome targets
  dualhome targets --low-water 5
  dualhome targets -o json

\b
Exit codes:
  0  every wanted pool has enough free interfaces
  1  a wanted pool has fewer than --low-water
"""


@click.command(epilog=EPILOG)
@click.option(
    "--low-water",
    type=click.IntRange(min=0),
    show_default="the stack's PoolLowWater",
    help="Name each pool that has fewer free interfaces.",
)
@output_option
@pass_stack
def command(stack: Stack, *, low_water: int | None, output: Format) -> None:
    """
    Show the interfaces of each pool, the instances that wait, and how to add capacity.

    A pool is all interfaces of a target's VPCs in one zone. A free interface is for any instance
    that its VPC allows; a reserved one is not free. Wanted counts the instances that ask for the
    target, waiting those of them without an attachment. To add capacity, tag an interface with the
    pool's tag, or create one by the command that is shown for a low pool. A pool whose interfaces
    are all reserved is never low.
    """
    if low_water is None:
        low_water = int(stack.parameters["PoolLowWater"])
    account = read_present(stack)
    pools = pools_of(account)
    found = [
        replace(it, remedy=with_options(it.remedy, stack))
        for it in shortages(account, pools, low_water)
    ]
    show(rows(pools, found), COLUMNS, output, of=Row, nothing=_nothing(stack))
    if output is Format.TABLE:
        _tell(found)
    if any(pool.wanting and pool.is_low(low_water) for pool in pools):
        raise click.exceptions.Exit(1)


def _nothing(stack: Stack) -> str:
    keys = stack.keys
    return f"No VPC is tagged {keys.target}, no interface {keys.pool}, no instance {keys.targets}."


def _tell(found: Sequence[Shortage]) -> None:
    out = console()
    for it in found:
        write(out, Line(0, it.text, "" if it.lack is Lack.LOW_UNASKED else "yellow"))
        out.print(Text(f"  {printable(it.remedy)}"), soft_wrap=True)  # a command is copied whole
