"""`dualhome report`: everything on one page."""

from datetime import datetime

import click

from dualhome_cli.data.snapshot import read_present
from dualhome_cli.report.data import Facts, gather
from dualhome_cli.report.html import render, write_page
from dualhome_cli.report.text import count_of
from dualhome_cli.stack import Stack, pass_stack


@click.command(
    epilog="""
    \b
    Examples:
      dualhome report --html dualhome.html
      dualhome report --html yesterday.html --day 2026-11-22
      dualhome report --html - | aws s3 cp - s3://BUCKET/dualhome.html --content-type text/html

    FILE.html#q=web-1 opens the page with a search.
    """
)
@click.option(
    "--html",
    "file",
    metavar="FILE",
    required=True,
    type=click.Path(dir_okay=False, writable=True, allow_dash=True),
    help="Where to write the page; - for standard output.",
)
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day whose moves are shown, in UTC; else today.",
)
@pass_stack
def command(stack: Stack, file: str, day: datetime | None) -> None:
    """
    Write one page about everything, to read offline, on a phone or on paper.

    It shows the network, what needs attention, the pools, the day's moves, and all attachments; it
    can be searched. It holds names, ids and addresses of your account, and loads nothing.
    """
    if not file:
        raise click.BadParameter("give the name of a file, or -", param_hint="--html")
    now = stack.now()
    facts = gather(stack, read_present(stack), (day or now).date(), now)
    _write(file, render(facts))
    click.echo(_said(facts), err=True)


def _write(file: str, page: str) -> None:
    try:
        write_page(file, page)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise click.BadParameter(f"{file}: {error.strerror}", param_hint="--html") from error


def _said(facts: Facts) -> str:
    every = count_of(len(facts.rows), "attachment", "attachments")
    attention = sum(it.needs_attention for it in facts.rows)
    moves = count_of(facts.day.moves, "move", "moves")
    return f"{every}, {attention:,} needing attention; {moves} on {facts.day.date}."
