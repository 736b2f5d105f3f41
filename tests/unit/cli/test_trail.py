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
    Trail,
    endings,
    follow,
    show_endings,
)
from dualhome_cli.actions.retry import ENDS
from tests.support.builders.values import INSTANCE, MGMT, NOW, TRACE, a_cause, a_record
from tests.support.fakes.ledger import InMemoryArchive
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

    def follow(self, trail: Trail) -> list[State]:
        """Return the states that are told of."""
        archive = InMemoryArchive(self.audit)
        return [it.after.state for it in follow([trail], archive, self.clock, self.wait)]


def a_trail(record: Attachment, *, must: bool = True) -> Trail:
    """Return a trail from ``record`` on."""
    targets = {record.target}
    records = {record.target: record}
    return Trail(
        INSTANCE, records, targets if must else set(), set() if must else targets, ENDS, NOW
    )


def steps(*states: State) -> Story:
    """Return a story in which a record enters these states, ten seconds each."""
    return [lambda told, state=state: told.to(state) for state in states]  # type: ignore[misc]


def test_every_move_is_told_until_the_end() -> None:
    """And each once."""
    told = Telling(a_record(State.FAILED))
    path = [State.CLAIMED, State.ATTACHING, State.ATTACHED]
    told.story = steps(*path, State.RELEASING)
    trail = a_trail(told.record)

    assert path == told.follow(trail)
    assert [Ending(INSTANCE, MGMT, State.ATTACHED, moved=True)] == endings([trail])


def test_moves_from_before_the_request_are_not_told() -> None:
    """They are of the same minute, and no answer to it."""
    told = Telling(a_record(State.ATTACHED))
    told.to(State.RELEASING)
    told.to(State.FAILED)
    told.story = steps(State.CLAIMED, State.ATTACHED)

    assert [State.CLAIMED, State.ATTACHED] == told.follow(a_trail(told.record))


def test_what_must_move_and_does_not_is_given_up_after_two_minutes() -> None:
    """The queue is jammed, or the reconciler is broken: look there."""
    told = Telling(a_record(State.FAILED))
    trail = a_trail(told.record)

    assert [] == told.follow(trail)
    assert [Ending(INSTANCE, MGMT, State.FAILED, moved=False)] == endings([trail])
    assert NOW + OVERDUE == told.now


def test_what_may_stay_as_it_is_is_not_waited_for_long() -> None:
    """It was looked at, and its reason holds."""
    told = Telling(a_record(State.WAITING))
    trail = a_trail(told.record, must=False)

    assert [] == told.follow(trail)
    assert NOW + QUIET == told.now


def test_a_rollback_has_the_time_that_it_takes() -> None:
    """Patience begins anew with each move."""
    told = Telling(a_record(State.STUCK))
    told.story = [lambda told: told.to(State.RELEASING), *[lambda _: None] * 99]
    trail = a_trail(told.record)

    assert [State.RELEASING] == told.follow(trail)
    assert NOW + timedelta(seconds=10) + ROLLBACK == told.now


def test_nothing_to_follow_is_the_end() -> None:
    """No read, no wait."""
    told = Telling(a_record(State.ATTACHED))
    trail = Trail(INSTANCE, {}, set(), set(), ENDS, NOW)

    assert [] == told.follow(trail)
    assert 0 == told.waits


def test_what_nobody_has_looked_at_leads_to_the_doctor(capsys: pytest.CaptureFixture[str]) -> None:
    """A look would have left a record, whatever it found."""
    show_endings([Ending(INSTANCE, MGMT, None, moved=False)], InMemoryStack())

    said = f"{INSTANCE} {MGMT}: still not recorded: nobody has looked, see `dualhome doctor`\n"
    assert said == capsys.readouterr().out


def test_where_a_release_leads_is_followed_on_from_where_it_ended() -> None:
    """Asked for again, claimed, and then EC2 says no."""
    told = Telling(a_record(State.RELEASING))
    told.story = steps(State.RELEASED, State.CLAIMED, State.FAILED)
    first = Trail(INSTANCE, {MGMT: told.record}, {MGMT}, set(), release.ENDS, NOW)
    assert [State.RELEASED] == told.follow(first)

    further = release.onwards(first, {MGMT}, told.now)

    assert [State.CLAIMED, State.FAILED] == told.follow(further)
    assert [Ending(INSTANCE, MGMT, State.FAILED, moved=True)] == endings([further])


def test_what_has_come_back_meanwhile_is_not_waited_for() -> None:
    """One read may show the release and all that followed."""
    told = Telling(a_record(State.RELEASING))
    released = told.record
    for state in (State.RELEASED, State.CLAIMED, State.ATTACHED):
        told.to(state)
    first = Trail(INSTANCE, {MGMT: released}, {MGMT}, set(), release.ENDS, NOW)
    told.follow(first)

    further = release.onwards(first, {MGMT}, told.now)

    assert [] == told.follow(further)
    assert (0, [Ending(INSTANCE, MGMT, State.ATTACHED, moved=True)]) == (
        told.waits,
        endings([further]),
    )


def test_what_the_tag_no_longer_asks_for_stays_released() -> None:
    """Somebody has followed the advice while the release went on."""
    told = Telling(a_record(State.RELEASING))
    told.story = steps(State.RELEASED)
    first = Trail(INSTANCE, {MGMT: told.record}, {MGMT}, set(), release.ENDS, NOW)
    told.follow(first)

    further = release.onwards(first, {MGMT}, told.now)
    told.follow(further)

    assert [Ending(INSTANCE, MGMT, State.RELEASED, moved=False)] == endings([further])
    assert NOW + timedelta(seconds=10) + QUIET == told.now


def test_what_was_not_released_leads_nowhere() -> None:
    """It is stuck: that was told already."""
    told = Telling(a_record(State.RELEASING))
    told.story = steps(State.STUCK)
    first = Trail(INSTANCE, {MGMT: told.record}, {MGMT}, set(), release.ENDS, NOW)
    told.follow(first)

    assert set() == release.onwards(first, {MGMT}, told.now).may


def test_an_end_that_leaves_something_open_says_why_in_the_record_s_words() -> None:
    """`waiting` alone sends the reader to another command."""
    told = Telling(a_record(State.FAILED))
    why = Why(Reason.POOL_EMPTY, "eni-01: it is in-use")
    told.story = [lambda told: told.to(State.WAITING, why)]
    trail = a_trail(told.record)
    told.follow(trail)

    (ending,) = endings([trail])

    assert f"POOL_EMPTY: eni-01: it is in-use. {Reason.POOL_EMPTY.advice}" == ending.why
