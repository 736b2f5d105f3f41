"""Checks of queues, sweeps and the pause; and what every check says."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

import pytest

from dualhome.domain.pause import UNPAUSED, PauseReading
from dualhome_cli.doctor.check import Remark, Severity
from dualhome_cli.doctor.checks import limits, permissions, queues, stack
from dualhome_cli.doctor.checks.queues import Controls, Sweeps
from dualhome_cli.doctor.checks.stack import Alarms
from dualhome_cli.doctor.checkup import (
    ACCESS_CHECKS,
    ACCOUNT_CHECKS,
    LEDGER_CHECK,
    QUEUE_CHECKS,
    STACK_CHECKS,
)
from dualhome_cli.doctor.facts import Alarm, Audience, Decision, Interfaces, Part, Queue
from tests.support.builders.values import NOW, a_pause
from tests.unit.cli.transcript import Transcript

EVERY = timedelta(minutes=5)


def test_messages_that_grow_old_are_a_warning_with_their_age() -> None:
    """Young ones are work in progress, whatever their number."""
    (old,) = queues.changes_queue(Queue("changes", 3, oldest=timedelta(minutes=9)))
    (young,) = queues.changes_queue(Queue("changes", 300, oldest=timedelta(seconds=9)))
    (unknown,) = queues.changes_queue(Queue("changes", 0, handled=2))

    assert Severity.WARNING is old.severity
    assert [Severity.NOTE, Severity.NOTE] == [young.severity, unknown.severity]


def test_a_single_message_is_spoken_of_as_one() -> None:
    """A sentence that is right for three alone is doubted."""
    (old,) = queues.changes_queue(Queue("changes", 1, oldest=timedelta(minutes=9)))
    (tag,) = queues.status_queue(Queue("status", 1))

    assert "changes: 1 message waits, the oldest for 9 min" == old.what
    assert "status: 1 status tag is being written, or retried later" == tag.what


def test_a_queue_without_messages_is_well_however_old_the_last_one_was() -> None:
    """CloudWatch tells of the past minutes."""
    assert [] == list(queues.changes_queue(Queue("changes", 0, oldest=timedelta(hours=1))))


@pytest.mark.parametrize(
    ("last", "deployed", "severities"),
    [
        (NOW - timedelta(minutes=9), NOW - timedelta(days=9), []),
        (NOW - timedelta(minutes=16), NOW - timedelta(days=9), [Severity.ERROR]),
        (None, NOW - timedelta(minutes=4), [Severity.NOTE]),
        (None, NOW - timedelta(minutes=16), [Severity.ERROR]),
    ],
    ids=["on time", "late", "not yet", "never"],
)
def test_a_sweep_that_does_not_come_is_an_error(
    last: object, deployed: object, severities: list[Severity]
) -> None:
    """Three in a row are no accident; a new stack has had none yet."""
    sweeps = Sweeps(EVERY, last, deployed, NOW)  # type: ignore[arg-type]

    assert severities == [it.severity for it in queues.sweep(sweeps)]


def test_releases_below_the_limit_are_well() -> None:
    """The breaker counts; it does not complain."""
    assert [] == list(
        queues.controls(Controls(pause=UNPAUSED, breaker_open=False, admitted=19, most=20))
    )


def controls(
    *, pause: PauseReading = UNPAUSED, breaker_open: bool = False, admitted: int = 0
) -> Controls:
    """Return what stops changes, of 20 releases at most."""
    return Controls(pause=pause, breaker_open=breaker_open, admitted=admitted, most=20)


ALARM = Alarm("StuckAlarm", "dualhome-stuck", "Threshold Crossed", "Stuck. Next: dualhome status.")

JUDGED: Mapping[str, Iterable[Remark]] = {
    "old messages": queues.changes_queue(Queue("changes", 3, oldest=timedelta(minutes=9))),
    "messages": queues.changes_queue(Queue("changes", 3, 2, 1)),
    "status tags": queues.status_queue(Queue("status", 3, 2, 1)),
    "dead letters": queues.dead_letters([Queue("dlq", 1), Queue("other", 2, 1)]),
    "late sweep": queues.sweep(Sweeps(EVERY, NOW - timedelta(minutes=16), NOW, NOW)),
    "no sweep yet": queues.sweep(Sweeps(EVERY, None, NOW, NOW)),
    "no sweep at all": queues.sweep(Sweeps(EVERY, None, NOW - timedelta(hours=1), NOW)),
    "paused": queues.controls(controls(pause=PauseReading.of(a_pause(), parameter=False))),
    "pause unread": queues.controls(controls(pause=PauseReading.failed("You may not."))),
    "breaker open": queues.controls(controls(breaker_open=True, admitted=20)),
    "breaker nearly open": queues.controls(controls(admitted=20)),
    "breaker closed": queues.controls(controls(admitted=19)),
    "rule disabled": stack.rules([Part("ChangeRule", "changes", "disabled")]),
    "rule missing": stack.rules([Part("ChangeRule", "changes", "")]),
    "schedule missing": stack.schedules([Part("SweepSchedule", "sweep", "")]),
    "source missing": stack.sources([Part("ChangesSource", "uuid", "")]),
    "source disabled": stack.sources([Part("ChangesSource", "uuid", "disabled")]),
    "function inactive": stack.functions([Part("SweepFunction", "sweep", "inactive")]),
    "function missing": stack.functions([Part("SweepFunction", "sweep", "")]),
    "function failed": stack.functions([Part("SweepFunction", "sweep", "failed", why="ENILimit")]),
    "update failed": stack.functions([Part("SweepFunction", "sweep", "active", "failed")]),
    "stack updated": stack.stack_status("UPDATE_COMPLETE"),
    "stack failed": stack.stack_status("UPDATE_ROLLBACK_FAILED"),
    "stack being updated": stack.stack_status("UPDATE_IN_PROGRESS"),
    "subscriptions pending": stack.audience(Audience(1, 2)),
    "subscribed": stack.audience(Audience(1, 0)),
    "no subscriber": stack.audience(Audience(0, 0)),
    "alarm raised": stack.alarms(Alarms([ALARM], young=False)),
    "role denied": permissions.permissions(
        [
            Decision("SweepAccountRole", "ec2:DescribeInstances", allowed=True),
            Decision("SweepAccountRole", "ec2:DescribeVpcs", allowed=False),
            Decision("WriteStatusRole", "ec2:CreateTags", allowed=False, by_organization=True),
        ]
    ),
    "no role": permissions.permissions([]),
    "interfaces near the quota": limits.interface_quota(
        Interfaces({"us-east-1a": 5000, "us-east-1b": 4100, "us-east-1c": 7}, None)
    ),
}


def test_a_finding_has_a_severity_a_sentence_and_a_remedy() -> None:
    """What a check says where it finds something, and where it finds nothing."""
    said = Transcript("doctor")
    for title, remarks in JUDGED.items():
        lines = (f"{it.severity}: {it.what}\n  {it.remedy}".rstrip() for it in remarks)
        said.note(title, *lines)
    checks = (*STACK_CHECKS, *QUEUE_CHECKS, *ACCESS_CHECKS, *ACCOUNT_CHECKS, LEDGER_CHECK)
    said.note("nothing found", *(f"{it.name}: {it.well}" for it in checks))
    said.check()
