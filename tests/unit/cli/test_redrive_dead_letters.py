"""Redriving a dead-letter queue."""

from collections.abc import Mapping, Sequence

import pytest

from dualhome_cli.redrive.dead_letters import MOST_KEPT, DeadLetter, Outcome, redrive
from dualhome_cli.redrive.report import read_contents
from tests.support.fakes.dead_letters import NOON, Copier, InMemoryDeadLetters


def ignore(_: Outcome) -> None:
    """Ignore the progress."""


def test_every_message_is_done_once_and_deleted() -> None:
    """Whatever the queue hands out at a time."""
    queue, handler = InMemoryDeadLetters("a", "b", "c", at_once=2), Copier()

    outcome = redrive(queue, handler, ignore)

    assert (3, {}) == (outcome.done, outcome.kept)
    assert ["a", "b", "c"] == handler.copied
    assert [] == queue.bodies


def test_a_second_run_finds_nothing_to_do() -> None:
    """The command may be given twice."""
    queue, handler = InMemoryDeadLetters("a"), Copier()
    redrive(queue, handler, ignore)

    assert 0 == redrive(queue, handler, ignore).done
    assert ["a"] == handler.copied


def test_what_cannot_be_read_stays_and_is_seen_at_once() -> None:
    """An operator reads it, and need not wait for that."""
    queue, handler = InMemoryDeadLetters("a", "bad", "c"), Copier()

    outcome = redrive(queue, handler, ignore)

    assert ["not readable: bad"] == list(outcome.kept.values())
    assert ["bad"] == queue.bodies
    assert queue.hidden == set()


def test_a_redrive_ends_though_what_stays_comes_round_again() -> None:
    """A queue may hand out what was taken sooner than we are done."""
    queue = InMemoryDeadLetters("bad 1", "bad 2", "c", at_once=3, impatient=True)

    outcome = redrive(queue, Copier(), ignore)

    assert (1, 2) == (outcome.done, len(outcome.kept))


def test_a_redrive_that_breaks_off_loses_nothing() -> None:
    """The next run finds what this one had in hand: done over once more at worst."""
    queue, handler = InMemoryDeadLetters("a", "b", "break", "d", at_once=2), Copier("break")

    with pytest.raises(ConnectionError):
        redrive(queue, handler, ignore)

    assert ["a", "b"] == handler.copied
    assert ["break", "d"] == queue.bodies
    assert queue.hidden == set()


def test_nothing_is_deleted_before_it_is_done() -> None:
    """A crash between the two leaves a duplicate, and no gap."""

    class Watching(Copier):
        def handle(self, letters: Sequence[DeadLetter]) -> Mapping[str, str]:
            assert {letter.id for letter in letters} <= queue.there.keys()
            return super().handle(letters)

    queue = InMemoryDeadLetters("a", "b")

    assert 2 == redrive(queue, Watching(), ignore).done


def test_a_redrive_stops_when_more_stays_than_memory_should_hold() -> None:
    """A queue full of garbage is for an operator."""
    queue = InMemoryDeadLetters(*(f"bad {n}" for n in range(MOST_KEPT + 50)))

    outcome = redrive(queue, Copier(), ignore)

    assert MOST_KEPT == len(outcome.kept)
    assert MOST_KEPT + 50 == len(queue.bodies)


def test_progress_is_reported_after_each_batch() -> None:
    """An operator who watches sees that it goes on."""
    shown: list[int] = []

    redrive(
        InMemoryDeadLetters("a", "b", "c", at_once=2), Copier(), lambda it: shown.append(it.done)
    )

    assert [2, 3] == shown


def test_a_read_contents_a_queue_says_how_many_how_old_and_what() -> None:
    """Before the operator is asked whether to continue."""
    contents = read_contents("any", InMemoryDeadLetters("tag 1", "tag 2", "bad"), Copier())

    assert (3, 0, NOON) == (contents.waiting, contents.hidden, contents.oldest)
    assert {"tag": 2, "unreadable": 1} == contents.kinds


def test_a_read_contents_a_queue_leaves_it_as_it_was() -> None:
    """Nothing is taken from the next redrive."""
    queue = InMemoryDeadLetters("a", "bad")

    read_contents("any", queue, Copier())

    assert ["a", "bad"] == queue.bodies
    assert queue.hidden == set()


def test_messages_in_flight_are_counted_apart() -> None:
    """Another redrive is at work, or died less than a quarter of an hour ago."""
    queue = InMemoryDeadLetters("a", "b")
    queue.hidden = {"id-0", "id-1"}

    contents = read_contents("any", queue, Copier())

    assert contents.empty
    assert 2 == contents.hidden
