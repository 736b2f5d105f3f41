"""The step (e): an event that comes twice."""

import json
import time

from demo.ec2_state import interfaces, status_tags
from demo.network import Host
from demo.stage import ROLES, Beginning, Stage, Step, StepResult
from demo.watch import Expectation, same, until
from localcloud.client.ec2_calls import calls_since, described

QUIET_SECONDS = 5.0
"""Longer than a reconciliation, its poll of EC2 and a publication together."""

Snapshot = dict[str, str]


def same_event_again(stage: Stage) -> StepResult:
    """Step (e)."""
    stage.screen.title(
        "(e) The same event again",
        "Events may come twice. That of (b) comes again, and nothing may change.",
    )
    host = stage.hosts["web-2"]
    event = stage.events.event_about(host.id) or "{}"
    before, beginning = _snapshot(stage, host), stage.begin()
    stage.screen.command(
        'aws sqs send-message --queue-url "$CHANGES_QUEUE" \\',
        '--message-body "$EVENT_OF_B"',
    )
    queue = stage.stack.outputs["ChangesQueueUrl"]
    stage.stack.sqs.send_message(QueueUrl=queue, MessageBody=event)
    reconciled = _reconciled(stage, host, beginning)
    expectations = [
        same("event, as in (b)", before.pop("event"), json.loads(event).get("id", "")),
        same("reconciled again", "yes", "yes" if reconciled else "no"),
        *_unchanged(stage, host, before),
    ]
    calls = calls_since(stage.stack.cloud, beginning.call, ROLES)
    expectations.append(same("EC2 writes", "0", str(calls.writes.total())))
    result = stage.close(Step("e", host, beginning), expectations)
    stage.screen.fact("watched for", f"{QUIET_SECONDS:.0f} s after the reconciliation")
    return result


def _reconciled(stage: Stage, host: Host, beginning: Beginning) -> bool:
    with stage.screen.waiting("waiting for the reconciler to take the event"):
        return until(lambda: described(stage.stack.cloud, beginning.call, ROLES, host.id), bool)


def _unchanged(stage: Stage, host: Host, before: Snapshot) -> list[Expectation]:
    with stage.screen.waiting(f"watching for {QUIET_SECONDS:.0f} s"):
        time.sleep(QUIET_SECONDS)
        after = _snapshot(stage, host)
    return [same(what, before[what], after[what]) for what in before]


def _snapshot(stage: Stage, host: Host) -> Snapshot:
    moves = stage.dualhome.rows("history", host.id)
    return {
        "event": moves[-1]["cause_event_id"] if moves else "",
        "moves, in history": str(len(moves)),
        "interfaces in EC2": ", ".join(
            it.address for it in interfaces(stage.stack.ec2, host.id).values()
        ),
        "tag on the instance": status_tags(stage.stack.ec2).get(host.id, ""),
    }
