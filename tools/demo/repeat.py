"""The step (e): an event that comes twice."""

import json

from demo.calls import looked_at
from demo.network import Host
from demo.stage import STACK, Beginning, Chapter, Stage, Step
from demo.watch import Expectation, same, until

QUIET_SECONDS = 5.0
"""Longer than a look, its second look and a publication together."""

Snapshot = dict[str, str]


def same_event_again(stage: Stage) -> Chapter:
    """Step (e)."""
    stage.screen.title(
        "(e) The same event again",
        "Events may come twice. That of (b) comes again, and nothing may change.",
    )
    host = stage.hosts["web-2"]
    event = stage.tap.event_about(host.id) or "{}"
    before, beginning = _snapshot(stage, host), stage.begin()
    queue = stage.facts.outputs["ChangesQueueUrl"]
    stage.screen.command(
        'aws sqs send-message --queue-url "$CHANGES_QUEUE" \\',
        '--message-body "$EVENT_OF_B"',
    )
    stage.facts.sqs.send_message(QueueUrl=queue, MessageBody=event)
    expectations = [
        same("event, as in (b)", _cause(stage, host), json.loads(event).get("id", "")),
        same("looked at again", "yes", "yes" if _looked(stage, host, beginning) else "no"),
        *_unchanged(stage, host, before),
    ]
    calls = stage.calls_since(beginning)
    expectations.append(same("EC2 writes", "0", str(calls.writes.total())))
    stage.screen.expectations(expectations)
    stage.screen.fact("watched for", f"{QUIET_SECONDS:.0f} s after the look")
    return Chapter(Step("e", host, beginning), (), expectations, calls)


def _cause(stage: Stage, host: Host) -> str:
    return next((entry.after.cause.event_id for entry in stage.facts.trail(host.id)), "")


def _looked(stage: Stage, host: Host, beginning: Beginning) -> bool:
    with stage.screen.waiting("waiting for the reconciler to take the event"):
        return until(lambda: looked_at(stage.facts.cloud, beginning.call, STACK, host.id), bool)


def _unchanged(stage: Stage, host: Host, before: Snapshot) -> list[Expectation]:
    with stage.screen.waiting(f"watching for {QUIET_SECONDS:.0f} s"):
        after = until(lambda: _snapshot(stage, host), lambda now: now != before, QUIET_SECONDS)
    return [same(what, before[what], after[what]) for what in before]


def _snapshot(stage: Stage, host: Host) -> Snapshot:
    records = sorted(stage.facts.records(host.id).items())
    return {
        "record versions": ", ".join(f"{name} {record.version}" for name, record in records),
        "audit entries": str(len(stage.facts.trail(host.id))),
        "interfaces in EC2": ", ".join(it.address for it in stage.facts.interfaces(host.id)),
        "tag on the instance": stage.facts.status(host.id),
    }
