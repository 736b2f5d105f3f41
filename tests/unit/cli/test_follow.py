"""Following what becomes of a request: to its end, and not for ever."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from dualhome.domain.attachment import UNEXPLAINED, Attachment, AuditEntry, Move, Why
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.actions import release
from dualhome_cli.actions.follow import (
    OVERDUE,
    QUIET,
    ROLLBACK,
    Ending,
    Followed,
    endings,
    follow,
    show_endings,
)
from dualhome_cli.actions.retry import ENDS
from tests.support.builders.values import INSTANCE, MGMT, NOW, TRACE, a_cause, a_record
from tests.support.fakes.ledger import InMemoryAuditLog
from tests.support.scenarios.stack import InMemoryStack

Story = list[Callable[["Telling"], None]]


@dataclass
class Telling:
    """A past that grows by one step of ``story`` with each wait."""

    record: Attachment
    story: Story = field(default_factory=list)
    audit: list[AuditEntry] = field(default_factory=list)
    now: datetime = NOW
    waits: int = 0

    def clock(self) -> datetime:
        """Tell the time."""
        return self.now

    def wait(self) -> None:
        """Let ten seconds pass."""
        self.now += timedelta(seconds=10)
        self.waits += 1
        if self.story:
            self.story.pop(0)(self)

    def to(self, state: State, why: Why = UNEXPLAINED) -> None:
        """Let the record move on."""
        after = self.record.to(state, self.now, a_cause(), why)
        self.audit.append(AuditEntry(f"{len(self.audit):026}", Move(self.record, after), TRACE))
        self.record = after

    def follow(self, followed: Followed) -> list[State]:
        """Return the states that are told of."""
        audit_log = InMemoryAuditLog(self.audit)
        return [it.after.state for it in follow([followed], audit_log, self.clock, self.wait)]


def a_followed(record: Attachment, *, must: bool = True) -> Followed:
    """Return a trail from ``record`` on."""
    targets = {record.target}
    records = {record.target: record}
    return Followed(
        INSTANCE, records, targets if must else set(), set() if must else targets, ENDS, NOW
    )


def steps(*states: State) -> Story:
    """Return a story in which a record enters these states, ten seconds each."""
    return [lambda log, state=state: log.to(state) for state in states]  # type: ignore[misc]


def test_every_move_is_shown_until_the_end() -> None:
    """And each once."""
    log = Telling(a_record(State.FAILED))
    path = [State.CLAIMED, State.ATTACHING, State.ATTACHED]
    log.story = steps(*path, State.RELEASING)
    followed = a_followed(log.record)

    assert path == log.follow(followed)
    assert [Ending(INSTANCE, MGMT, State.ATTACHED, moved=True)] == endings([followed])


def test_moves_from_before_the_request_are_not_shown() -> None:
    """They are of the same minute, and no answer to it."""
    log = Telling(a_record(State.ATTACHED))
    log.to(State.RELEASING)
    log.to(State.FAILED)
    log.story = steps(State.CLAIMED, State.ATTACHED)

    assert [State.CLAIMED, State.ATTACHED] == log.follow(a_followed(log.record))


def test_what_must_move_and_does_not_is_given_up_after_two_minutes() -> None:
    """The queue is jammed, or the reconciler is broken: look there."""
    log = Telling(a_record(State.FAILED))
    followed = a_followed(log.record)

    assert [] == log.follow(followed)
    assert [Ending(INSTANCE, MGMT, State.FAILED, moved=False)] == endings([followed])
    assert NOW + OVERDUE == log.now


def test_what_may_stay_as_it_is_is_not_waited_for_long() -> None:
    """It was looked at, and its reason holds."""
    log = Telling(a_record(State.WAITING))
    followed = a_followed(log.record, must=False)

    assert [] == log.follow(followed)
    assert NOW + QUIET == log.now


def test_a_rollback_has_the_time_that_it_takes() -> None:
    """Patience begins anew with each move."""
    log = Telling(a_record(State.STUCK))
    log.story = [lambda log: log.to(State.RELEASING), *[lambda _: None] * 99]
    followed = a_followed(log.record)

    assert [State.RELEASING] == log.follow(followed)
    assert NOW + timedelta(seconds=10) + ROLLBACK == log.now


def test_nothing_to_follow_is_the_end() -> None:
    """No read, no wait."""
    log = Telling(a_record(State.ATTACHED))
    followed = Followed(INSTANCE, {}, set(), set(), ENDS, NOW)

    assert [] == log.follow(followed)
    assert 0 == log.waits


def test_what_has_no_record_leads_to_the_doctor(capsys: pytest.CaptureFixture[str]) -> None:
    """A reconcile request would have left a record, whatever it found."""
    show_endings([Ending(INSTANCE, MGMT, None, moved=False)], InMemoryStack())

    said = f"{INSTANCE} {MGMT}: still not recorded: see `dualhome doctor`\n"
    assert said == capsys.readouterr().out


def test_where_a_release_leads_is_followed_on_from_where_it_ended() -> None:
    """Asked for again, claimed, and then EC2 says no."""
    log = Telling(a_record(State.RELEASING))
    log.story = steps(State.RELEASED, State.CLAIMED, State.FAILED)
    first = Followed(INSTANCE, {MGMT: log.record}, {MGMT}, set(), release.ENDS, NOW)
    assert [State.RELEASED] == log.follow(first)

    further = release.follow_on(first, {MGMT}, log.now)

    assert [State.CLAIMED, State.FAILED] == log.follow(further)
    assert [Ending(INSTANCE, MGMT, State.FAILED, moved=True)] == endings([further])


def test_what_has_come_back_meanwhile_is_not_waited_for() -> None:
    """One read may show the release and all that followed."""
    log = Telling(a_record(State.RELEASING))
    released = log.record
    for state in (State.RELEASED, State.CLAIMED, State.ATTACHED):
        log.to(state)
    first = Followed(INSTANCE, {MGMT: released}, {MGMT}, set(), release.ENDS, NOW)
    log.follow(first)

    further = release.follow_on(first, {MGMT}, log.now)

    assert [] == log.follow(further)
    assert (0, [Ending(INSTANCE, MGMT, State.ATTACHED, moved=True)]) == (
        log.waits,
        endings([further]),
    )


def test_what_the_tag_no_longer_asks_for_stays_released() -> None:
    """An operator has followed the advice while the release went on."""
    log = Telling(a_record(State.RELEASING))
    log.story = steps(State.RELEASED)
    first = Followed(INSTANCE, {MGMT: log.record}, {MGMT}, set(), release.ENDS, NOW)
    log.follow(first)

    further = release.follow_on(first, {MGMT}, log.now)
    log.follow(further)

    assert [Ending(INSTANCE, MGMT, State.RELEASED, moved=False)] == endings([further])
    assert NOW + timedelta(seconds=10) + QUIET == log.now


def test_what_was_not_released_leads_nowhere() -> None:
    """It is stuck: that was told already."""
    log = Telling(a_record(State.RELEASING))
    log.story = steps(State.STUCK)
    first = Followed(INSTANCE, {MGMT: log.record}, {MGMT}, set(), release.ENDS, NOW)
    log.follow(first)

    assert set() == release.follow_on(first, {MGMT}, log.now).may


def test_an_end_that_leaves_something_open_says_why_in_the_record_s_words() -> None:
    """`waiting` alone sends the reader to another command."""
    log = Telling(a_record(State.FAILED))
    why = Why(Reason.POOL_EMPTY, "eni-01: it is in-use")
    log.story = [lambda log: log.to(State.WAITING, why)]
    followed = a_followed(log.record)
    log.follow(followed)

    (ending,) = endings([followed])

    assert f"POOL_EMPTY: eni-01: it is in-use. {Reason.POOL_EMPTY.advice}" == ending.why
