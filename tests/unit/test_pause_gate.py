"""The pause is read anew after a second, and what cannot be read counts as one."""

from dataclasses import dataclass, field

import pytest

from dualhome.application.pause import PauseGate
from dualhome.domain.errors import (
    AccessDeniedError,
    DualhomeError,
    PausedError,
    ThrottledError,
    UnreadableItemError,
)
from dualhome.domain.pause import PauseReading, may_be_of
from tests.support.builders.values import OPERATOR, OPERATOR_ID, POLICY, a_pause
from tests.support.fakes.pauses import InMemoryPauses


@dataclass
class Watch:
    """A gate over a pause in memory, and seconds that a test lets pass."""

    parameter: bool = False
    seconds: float = 100.0
    pauses: InMemoryPauses = field(default_factory=InMemoryPauses)
    heard: list[DualhomeError] = field(default_factory=list)
    gate: PauseGate = field(init=False)

    def __post_init__(self) -> None:
        """Let the gate go by this watch."""
        self.gate = PauseGate(self.pauses, self.parameter, lambda: self.seconds, self.heard.append)

    def reads(self) -> int:
        """Return how often the item was read."""
        return self.pauses.calls.count("read_pause")


def test_a_reading_is_trusted_for_less_than_a_second() -> None:
    """A batch of fifty instances costs a read a second, not fifty."""
    watch = Watch()
    watch.gate.check()
    watch.pauses.written = a_pause()

    watch.seconds += 0.99
    watch.gate.check()
    reads = watch.reads()
    watch.seconds += 0.01

    with pytest.raises(PausedError, match="while the stack is paused"):
        watch.gate.check()
    assert (1, 2) == (reads, watch.reads())


def test_a_reading_is_as_old_as_the_moment_before_it_was_asked_for() -> None:
    """An answer that took long says nothing of what was written meanwhile."""
    watch = Watch()

    def slow() -> None:
        watch.seconds += 5

    watch.pauses.calls.before_next("read_pause", slow)
    watch.gate.check()
    watch.pauses.written = a_pause()

    with pytest.raises(PausedError):
        watch.gate.check()


def test_the_end_of_a_pause_is_seen_as_soon() -> None:
    """A resume waits for nothing else."""
    watch = Watch()
    watch.pauses.written = a_pause()
    with pytest.raises(PausedError):
        watch.gate.check()

    watch.pauses.written = a_pause(paused=False, version=2)
    watch.seconds += 1

    watch.gate.check()


@pytest.mark.parametrize("parameter", [False, True])
def test_the_parameter_decides_until_an_operator_has(*, parameter: bool) -> None:
    """And never again: a later deployment ends no pause, and begins none."""
    watch = Watch(parameter)
    before = watch.gate.reading().paused
    watch.seconds += 1
    watch.pauses.written = a_pause(paused=not parameter)

    after = watch.gate.reading().paused

    assert (parameter, not parameter) == (before, after)


@pytest.mark.parametrize(
    "error",
    [
        ThrottledError("slow down"),
        AccessDeniedError("GetItem: AccessDenied: not authorized"),
        UnreadableItemError("Another version of dualhome has written the item PAUSE STATE"),
    ],
)
def test_what_cannot_be_read_counts_as_paused_and_says_so(error: DualhomeError) -> None:
    """Not as if an operator had paused: the reader of the record looks for the cause."""
    watch = Watch()
    watch.pauses.calls.fail_next("read_pause", error)

    reading = watch.gate.reading()

    assert PauseReading(paused=True, unread=error.message) == reading
    assert f"the pause cannot be read: {error.message}" == reading.detail
    assert [error] == watch.heard
    watch.seconds += 1
    watch.gate.check()


def test_a_pause_that_cannot_be_read_is_not_read_again_at_once() -> None:
    """An outage of the ledger is not answered with a storm of reads."""
    watch = Watch()
    watch.pauses.calls.fail_next("read_pause", ThrottledError("slow down"), times=9)

    for _ in range(9):
        watch.gate.reading()

    assert (1, 1) == (watch.reads(), len(watch.heard))


def test_a_policy_is_as_the_gate_reads_it() -> None:
    """What the deployment decides stays, whatever the pause."""
    watch = Watch()
    watch.pauses.written = a_pause()

    applied = watch.gate.applied_to(POLICY)

    assert (False, True) == (POLICY.paused, applied.paused)
    assert (POLICY.account, POLICY.keys) == (applied.account, applied.keys)


ACCOUNT_ROOT = "arn:aws:iam::111122223333:root"


@pytest.mark.parametrize(
    ("arn", "user_id", "may"),
    [
        (OPERATOR, OPERATOR_ID, True),
        (OPERATOR, "AROAEXAMPLEEXAMPLE123:bob", False),
        (OPERATOR, "AIDAEXAMPLEEXAMPLE123", False),
        (OPERATOR, "", False),
        ("arn:aws:sts::111122223333:federated-user/alex", "111122223333:alex", True),
        ("arn:aws-cn:iam::111122223333:user/ops/alex", "AIDAEXAMPLEEXAMPLE123", True),
        ("arn:aws:iam::111122223333:user/alex", OPERATOR_ID, False),
        ("arn:aws:iam::111122223333:user/alex", "111122223333", False),
        (ACCOUNT_ROOT, "111122223333", True),
        (ACCOUNT_ROOT, "AIDAEXAMPLEEXAMPLE123", False),
        ("alex", OPERATOR_ID, False),
        ("", "", False),
    ],
)
def test_an_arn_belongs_to_a_user_id_or_cannot(arn: str, user_id: str, *, may: bool) -> None:
    """A session's id ends in its name; of a user AWS gives away no more than the kind."""
    assert may is may_be_of(arn, user_id)
