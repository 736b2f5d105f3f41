"""The steps (f) and (g): the audit trail, the result at a glance, times and calls."""

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from operator import add

from demo.calls import Calls
from demo.picture import LEGEND, draw_network
from demo.stage import Chapter, Stage
from demo.watch import Expectation, same
from dualhome.domain.audit import AuditEntry

DEAD_LETTERS = ("ChangesDeadLetterQueueUrl", "RuleDeadLetterQueueUrl", "PublishFailuresQueueUrl")
WRITES_PER_ATTACHMENT = 2
NEXT = (
    ("try it yourself", "make up; source .local/env; aws ec2 describe-instances"),
    ("how it works", "docs/architecture.md"),
    ("states and reasons", "docs/operations.md"),
)


def audit_trail(stage: Stage) -> list[Expectation]:
    """Step (f): print what table Audit holds of one instance."""
    host = stage.hosts["web-2"]
    stage.screen.title(
        f"(f) The audit trail of {host.name}, from DynamoDB",
        "Each move and its entry are one transaction; entries are only ever added.",
    )
    trail = stage.facts.trail(host.id)
    stage.screen.table(
        ("time (UTC)", "target", "from → to", "reason", "@", "interface~", "cause"),
        [_row(entry) for entry in trail],
    )
    causes = Counter(entry.after.cause for entry in trail)
    for cause in causes:
        stage.screen.fact("cause", f"{cause.detail_type}, event {cause.event_id}")
    expectations = [
        same(f"moves of {target}", "claimed, attaching, attached", _moves(trail, target))
        for target in ("data", "mgmt")
    ]
    stage.screen.expectations(expectations)
    return expectations


def _row(entry: AuditEntry) -> tuple[str, ...]:
    after, before = entry.after, entry.move.from_state
    reasons = [after.reason] if after.reason else after.warnings
    return (
        f"{after.since:%H:%M:%S}.{after.since.microsecond // 1000:03}",
        after.target,
        f"{before or '·'} → {after.state}",
        " ".join(reasons),
        str(after.slot.index) if after.slot else "",
        after.interface or "",
        f"tag v{after.cause.tag_version}",
    )


def _moves(trail: Sequence[AuditEntry], target: str) -> str:
    return ", ".join(entry.after.state for entry in trail if entry.after.target == target)


def summary(stage: Stage, chapters: Sequence[Chapter]) -> list[Expectation]:
    """Step (g): draw the result, and count seconds and calls."""
    stage.screen.title(
        "(g) Times, calls, and where to look next",
        "Seconds after the tag, and the EC2 calls that dualhome made.",
    )
    stage.screen.draw(draw_network(stage.network, stage.hosts.values(), stage.held()), LEGEND)
    stage.screen.table(
        ("step", "instance", "target", "outcome", "decided>", "attached>", "writes>", "reads>"),
        [row for chapter in chapters for row in _times(chapter)],
    )
    calls = reduce(add, (chapter.calls for chapter in chapters), Calls())
    stage.screen.fact("EC2 writes", _counts(calls.writes))
    stage.screen.fact("EC2 reads", _counts(calls.reads))
    expectations = [*_frugal(chapters), *_nothing_lost(stage)]
    stage.screen.expectations(expectations)
    stage.screen.gap()
    for label, text in NEXT:
        stage.screen.fact(label, text)
    return expectations


def _times(chapter: Chapter) -> list[tuple[str, ...]]:
    step = (f"({chapter.step.letter})", chapter.step.host.name)
    counts = (str(chapter.calls.writes.total()), str(chapter.calls.reads.total()))
    if not chapter.timings:
        kept = all(it.met for it in chapter.expectations)
        return [(*step, "", "unchanged" if kept else "CHANGED", "", "", *counts)]
    rows: list[tuple[str, ...]] = []
    for it in chapter.timings:
        rows.append(
            (*step, it.target, it.state, _seconds(it.decided), _seconds(it.attached), *counts)
        )
        step, counts = ("", ""), ("", "")
    return rows


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f} s"


def _counts(calls: Counter[str]) -> str:
    return ", ".join(f"{action} {count}" for action, count in sorted(calls.items())) or "none"


def _frugal(chapters: Sequence[Chapter]) -> list[Expectation]:
    attachments = sum(it.attached is not None for chapter in chapters for it in chapter.timings)
    writes = sum(
        chapter.calls.writes.total()
        for chapter in chapters
        if any(it.attached is not None for it in chapter.timings)
    )
    return [
        Expectation(
            "writes per attach",
            f"at most {WRITES_PER_ATTACHMENT}",
            f"{writes} for {attachments}",
            met=0 < writes <= WRITES_PER_ATTACHMENT * attachments,
        )
    ]


def _nothing_lost(stage: Stage) -> list[Expectation]:
    left = sum(stage.facts.messages(queue) for queue in DEAD_LETTERS)
    return [same("dead letters", "0", str(left))]
