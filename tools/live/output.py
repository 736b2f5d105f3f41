"""What a run has found, as a table for people and as JSON for programs."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from live.probe import Finding, Verdict

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


def as_json(findings: Iterable[Finding], **about: object) -> str:
    """Return findings as JSON text; ``about``: what else is known of the run."""
    return json.dumps(about | {"findings": [_plain(it) for it in findings]}, indent=2) + "\n"


def _plain(finding: Finding) -> Mapping[str, Any]:
    return asdict(finding.belief) | {
        "verdict": finding.verdict.value,
        "seen": finding.seen,
        "seconds": round(finding.seconds, 1),
    }
