"""`dualhome doctor`: checks, and what to do about each finding."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import click

from dualhome_cli.actions.follow import waiting
from dualhome_cli.doctor.check import Finding, Severity, remedy_in_table, what_in_table
from dualhome_cli.doctor.checkup import CheckContext, run_checks
from dualhome_cli.stack import Stack, pass_stack
from dualhome_cli.ui.output import Format, output_option, show
from dualhome_cli.ui.shell_commands import with_options
from dualhome_cli.ui.table import Column

EXIT_CODES = {Severity.OK: 0, Severity.NOTE: 0, Severity.WARNING: 1, Severity.ERROR: 4}
STYLES = {Severity.OK: "green", Severity.WARNING: "yellow", Severity.ERROR: "bold red"}

BETWEEN_READINGS = 5.0
"""Seconds; a move is read whole in less."""

COLUMNS: tuple[Column[Finding], ...] = (
    Column("", lambda it: it.severity, style=lambda it: STYLES.get(it.severity, "")),
    Column("Check", lambda it: it.check),
    Column("What", what_in_table, prose=True),
    Column("Remedy", remedy_in_table, prose=True),
)


@click.command(
    epilog="""
    \b
    Examples:
      dualhome doctor
      dualhome doctor --ledger
      dualhome doctor -o json | jq '.[] | select(.severity == "error")'

    \b
    Exit codes:
      0    nothing worse than a note
      1    the worst is a warning
      2    wrong usage
      3    AWS refused to describe the stack itself, or did not answer
      4    the worst is an error
    """
)
@click.option(
    "--ledger",
    is_flag=True,
    help="Also check that records, claims, slots, audit and EC2 agree: 2 reads per instance.",
)
@output_option
@pass_stack
def command(stack: Stack, output: Format, *, ledger: bool) -> None:
    """
    Check the stack and the account; nothing is changed.

    Each finding has a severity (ok, note, warning, error), what it is about, and a remedy. A check
    that your credentials do not allow becomes a note.
    """
    context = CheckContext(stack, datetime.now(UTC), lambda: time.sleep(BETWEEN_READINGS))
    worst = [Severity.OK]
    findings: Iterable[Finding] = _watched(_with_options(context, with_ledger=ledger), worst)
    if output is Format.TABLE:
        # A table is written when its widths are known; until then a spinner moves.
        with waiting("Checking ..."):
            findings = list(findings)
    show(findings, COLUMNS, output, of=Finding, nothing="No check was run.")
    click.get_current_context().exit(EXIT_CODES[worst[0]])


def _with_options(context: CheckContext, *, with_ledger: bool) -> Iterator[Finding]:
    for finding in run_checks(context, with_ledger=with_ledger):
        yield replace(finding, remedy=with_options(finding.remedy, context.stack))


def _watched(findings: Iterable[Finding], worst: list[Severity]) -> Iterator[Finding]:
    """Hand findings on as they come; ``worst`` holds the worst of them."""
    for finding in findings:
        worst[0] = max(worst[0], finding.severity, key=lambda it: it.rank)
        yield finding
