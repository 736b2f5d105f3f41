"""The steps (g) and (h): history, times and calls, and the report."""

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from operator import add
from os.path import relpath
from pathlib import Path

from demo.stage import Stage, StepResult
from demo.timing import Timing, timings
from demo.watch import Expectation, same
from localcloud.client.ec2_calls import Calls

WRITES_PER_ATTACHMENT = 2
NEXT = (
    ("try it yourself", "make up; source .local/env; aws ec2 describe-instances"),
    ("all commands", "docs/commands.md"),
    ("states and reasons", "docs/operations.md"),
    ("how it works", "docs/architecture.md"),
)
MOVES = (
    ("mgmt", "claimed, attaching, attached"),
    ("data", "claimed, attaching, attached, attached, releasing, released"),
)


def history(stage: Stage) -> list[Expectation]:
    """Step (g)."""
    host = stage.hosts["web-2"]
    stage.screen.title(
        f"(g) The history of {host.name}",
        "Each move and its record are one transaction; records are only ever added.",
    )
    moves = stage.dualhome.ask("history", host.id)
    expectations = [
        same(
            f"moves of {target}",
            expected,
            ", ".join(row["to_state"] for row in moves if row["target"] == target),
        )
        for target, expected in MOVES
    ]
    stage.screen.expectations(expectations)
    return expectations


def summary(stage: Stage, results: Sequence[StepResult]) -> list[Expectation]:
    """Step (h): count seconds and calls."""
    stage.screen.title(
        "(h) Times, calls, and where to look next",
        "Seconds after the tag, and the EC2 calls that dualhome made.",
    )
    began = results[0].step.beginning.at.isoformat()
    moves = stage.dualhome.rows("history", "--since", began)
    times = [(result, timings(result, moves)) for result in results]
    stage.screen.table(
        ("step", "instance", "target", "outcome", "decided>", "done>", "writes>", "reads>"),
        [row for result, found in times for row in _rows(result, found)],
    )
    calls = reduce(add, (result.calls for result in results), Calls())
    stage.screen.fact("EC2 writes", _counts(calls.writes))
    stage.screen.fact("EC2 reads", _counts(calls.reads))
    expectations = [_frugal(times), _no_dead_letters(stage)]
    stage.screen.expectations(expectations)
    return expectations


def report(stage: Stage, page: Path) -> list[Expectation]:
    """End step (h) with the report, and where to look next."""
    stage.dualhome.show("report", "--html", relpath(page))
    text = page.read_text(encoding="utf-8")
    hosts = [host.id for host in stage.hosts.values()]
    found = [host for host in hosts if host in text]
    expectations = [same("instances on it", str(len(hosts)), str(len(found)))]
    stage.screen.expectations(expectations)
    stage.screen.gap()
    for label, text in NEXT:
        stage.screen.fact(label, text)
    return expectations


def _rows(result: StepResult, found: Sequence[Timing]) -> list[tuple[str, ...]]:
    step = (f"({result.step.letter})", result.step.host.name)
    counts = (str(result.calls.writes.total()), str(result.calls.reads.total()))
    if not found:
        kept = all(it.met for it in result.expectations)
        return [(*step, "", "unchanged" if kept else "CHANGED", "", "", *counts)]
    rows: list[tuple[str, ...]] = []
    for it in found:
        rows.append(
            (*step, it.target, it.outcome, _seconds(it.decided), _seconds(it.done), *counts)
        )
        step, counts = ("", ""), ("", "")
    return rows


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f} s"


def _counts(calls: Counter[str]) -> str:
    return ", ".join(f"{action} {count}" for action, count in sorted(calls.items())) or "none"


def _frugal(times: Sequence[tuple[StepResult, Sequence[Timing]]]) -> Expectation:
    attaching = [
        (result.calls.writes.total(), made)
        for result, found in times
        if (made := sum(it.outcome == "attached" for it in found))
    ]
    writes, attachments = sum(it for it, _ in attaching), sum(it for _, it in attaching)
    return Expectation(
        "writes per attach",
        f"at most {WRITES_PER_ATTACHMENT}",
        f"{writes} for {attachments}",
        met=0 < writes <= WRITES_PER_ATTACHMENT * attachments,
    )


def _no_dead_letters(stage: Stage) -> Expectation:
    queues = stage.dualhome.rows("redrive", "--dry-run")
    left = sum(queue["waiting"] for queue in queues)
    return same("dead letters", "0 in 5 queues", f"{left} in {len(queues)} queues")
