"""What a run has found, as a table for people and as JSON for programs."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from live.account import Account
from live.probe import Finding, Verdict
from live.removal.removal import describe
from live.run import REMEDY, Report

STYLES = {
    Verdict.HELD: "green",
    Verdict.REFUTED: "bold red",
    Verdict.UNCLEAR: "yellow",
    Verdict.NOT_PROBED: "dim",
}


def print_table(console: Console, findings: Iterable[Finding]) -> None:
    """Print belief, what was seen and the verdict; for what is refuted, the file to change."""
    table = Table(box=None, padding=(0, 2, 1, 0))
    for title in ("Belief", "Seen", "Verdict"):
        table.add_column(title)
    for it in findings:
        belief = Text.assemble((it.belief.id, "bold"), "\n", it.belief.statement)
        seen = Text(it.seen)
        if it.verdict is Verdict.NOT_PROBED:
            seen = Text(f"It would take {it.seen}.", "dim")
        elif it.verdict is Verdict.REFUTED:
            seen.append(f"\nUntil it is corrected: {it.belief.default}.\nChange {it.belief.file}.")
        table.add_row(belief, seen, Text(it.verdict, STYLES[it.verdict]))
    console.print(table)


def print_verdict(console: Console, report: Report, path: Path) -> None:
    """Print how many beliefs have which verdict, what went wrong, and where the JSON is."""
    counts = Counter(it.verdict for it in report.findings)
    said = ", ".join(f"{counts[it]} {it}" for it in Verdict if counts[it])
    console.print(Text(f"{said or 'nothing probed'}, in {report.seconds:.0f} s", "bold"))
    if report.error:
        console.print(Text(f"Not finished: {report.error}", "bold red"))
    if report.left:
        console.print(Text(f"Left behind: {describe(report.left)}. {REMEDY}", "bold red"))
    console.print(Text(f"{path}", "dim"))


def as_json(report: Report, account: Account) -> str:
    """Return a report as JSON text."""
    about = {
        "run": report.run.id,
        "account": account.id,
        "region": account.region,
        "seconds": round(report.seconds, 1),
        "exit": report.exit,
        "error": report.error,
        "left": report.left,
    }
    return json.dumps(about | {"findings": [_plain(it) for it in report.findings]}, indent=2) + "\n"


def _plain(finding: Finding) -> Mapping[str, Any]:
    return asdict(finding.belief) | {
        "verdict": finding.verdict.value,
        "seen": finding.seen,
        "seconds": round(finding.seconds, 1),
    }
