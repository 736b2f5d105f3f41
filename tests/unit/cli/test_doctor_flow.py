"""Work that does not flow is told of: what waits, what was set aside, what does not run."""

from datetime import timedelta

import pytest

from dualhome_cli.doctor.check import Severity
from dualhome_cli.doctor.checks import queues
from dualhome_cli.doctor.checks.queues import Controls, Sweeps
from dualhome_cli.doctor.facts import Queue
from tests.support.builders.values import NOW

EVERY = timedelta(minutes=5)


def test_messages_that_grow_old_are_a_warning_with_their_age() -> None:
    """Young ones are work in progress, whatever their number."""
    (old,) = queues.changes_queue(Queue("changes", 3, oldest=timedelta(minutes=9)))
    (young,) = queues.changes_queue(Queue("changes", 300, oldest=timedelta(seconds=9)))
    (unknown,) = queues.changes_queue(Queue("changes", 0, handled=2))

    assert (Severity.WARNING, True) == (old.severity, "3 messages wait" in old.what)
    assert "9 min" in old.what
    assert [Severity.NOTE, Severity.NOTE] == [young.severity, unknown.severity]


def test_a_queue_without_messages_is_well_however_old_the_last_one_was() -> None:
    """CloudWatch tells of the past minutes."""
    assert [] == list(queues.changes_queue(Queue("changes", 0, oldest=timedelta(hours=1))))


@pytest.mark.parametrize("queue", [Queue("dlq", 1), Queue("dlq", 0, handled=1)])
def test_whatever_was_set_aside_is_an_error(queue: Queue) -> None:
    """Also while somebody redrives it."""
    (remark,) = queues.dead_letters([Queue("empty", 0), queue])

    assert Severity.ERROR is remark.severity
    assert "dlq holds 1 message" == remark.what
    assert "dualhome redrive" in remark.remedy


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


@pytest.mark.parametrize(
    ("controls", "word"),
    [
        (Controls(paused=True, breaker_open=False, admitted=0, most=20), "paused"),
        (Controls(paused=False, breaker_open=True, admitted=3, most=20), "breaker"),
        (Controls(paused=False, breaker_open=True, admitted=20, most=20), "20 of 20"),
    ],
)
def test_what_holds_changes_back_is_a_warning(controls: Controls, word: str) -> None:
    """It is meant so, and yet nothing goes on until somebody ends it."""
    (remark,) = queues.controls(controls)

    assert Severity.WARNING is remark.severity
    assert word in remark.what


def test_releases_below_the_limit_are_well() -> None:
    """The breaker counts; it does not complain."""
    assert [] == list(
        queues.controls(Controls(paused=False, breaker_open=False, admitted=19, most=20))
    )


@pytest.mark.parametrize("most", [0, 20])
def test_a_limit_that_is_reached_holds_nobody_yet(most: int) -> None:
    """Whom it holds keeps a record that says so; with a limit of 0 it is reached for ever."""
    (remark,) = queues.controls(
        Controls(paused=False, breaker_open=False, admitted=most, most=most)
    )

    assert Severity.NOTE is remark.severity
    assert f"{most} of {most}" in remark.what
