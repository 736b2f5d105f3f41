"""How soon `dualhome pause` stops a crowd: while it is attached, and while some are released."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from bench.command import run_command
from bench.field import Field
from bench.figures import Figure, Row, exactly
from bench.roles import DETACHER, RECONCILER, STATUS_WRITER
from bench.stage import Stage, wait
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State

INSTANCES = 100
BEGUN = 20
"""Attaches that are asked for before the pause begins."""

RELEASED, DETACHED = 20, 3
"""As many as the release breaker admits by default, and the detaches before the pause begins."""

SECONDS_BETWEEN_TAGS = 0.05
"""Tags come in a stream, so that the pause finds reconcilers at work, and messages on the queue."""

QUIET_SECONDS = 5
NOTE = (
    "Seconds to the last call in EC2's log, from the moment at which the ledger has answered the"
    " command's write, and from the command's return; below zero: before it. A function trusts a"
    " reading of the pause for a second."
)

ATTACH, DETACH, TAG = "AttachNetworkInterface", "DetachNetworkInterface", "CreateTags"


def pauses(stage: Stage) -> list[Figure]:
    """Pause a crowd while it is attached, then while a part of it is released."""
    wait(lambda: stage.queue_depth() == 0)
    field = Field.make(stage, "pause", INSTANCES)
    instances = field.launch(INSTANCES, tagged=False)
    field.wait_until_running(INSTANCES)
    figures = [_attaching(field, _Log(stage, stage.cloud.last_call()), instances)]
    releasing = _Log(stage, stage.cloud.last_call())
    for instance in instances[:RELEASED]:
        field.untag(instance)
    return [*figures, _releasing(field, releasing)]


class _Log:
    """The calls of EC2 since a number, by the functions that act."""

    def __init__(self, stage: Stage, since: int) -> None:
        self._stage, self._since = stage, since

    def times(self, action: str) -> list[datetime]:
        """Return when calls of ``action`` were answered, refused ones included, in their order."""
        return [
            datetime.fromisoformat(call["time"])
            for call in self._stage.cloud.calls(self._since)
            if call["action"] == action
            and call["principal"].startswith((RECONCILER, DETACHER, STATUS_WRITER))
        ]

    def quiet(self) -> bool:
        """Say whether nothing was attached, detached or tagged for some seconds."""
        recent = datetime.now(UTC) - timedelta(seconds=QUIET_SECONDS)
        return all(time < recent for it in (ATTACH, DETACH, TAG) for time in self.times(it)[-1:])

    def rows(self, action: str, returned: datetime) -> list[Row]:
        """Tell how long the last call of ``action`` came after the write, and after the return."""
        times, written = self.times(action), self._written(returned)
        return [
            Row(f"last {action} after the {what}", _seconds(times, since))
            for what, since in (("write", written), ("return", returned))
        ]

    def _written(self, returned: datetime) -> datetime:
        """Return when the command's transaction was answered: it is no function's."""
        times = [
            datetime.fromisoformat(call["time"])
            for call in self._stage.cloud.calls(self._since)
            if call["action"] == "TransactWriteItems"
            and not call["principal"].startswith("dualhome-")
        ]
        return max(time for time in times if time <= returned)


def _attaching(field: Field, log: _Log, instances: list[InstanceId]) -> Figure:
    with ThreadPoolExecutor(1) as tagger:
        tagged = tagger.submit(_tag, field, instances)
        wait(lambda: len(log.times(ATTACH)) >= BEGUN)
        paused = _paused(field.stage)
        tagged.result()
    wait(log.quiet)
    held = _held(field, instances)
    asked = len(log.times(ATTACH))
    rows = [*log.rows(ATTACH, paused), *log.rows(TAG, paused), Row("attaches by then", str(asked))]
    run_command(field.stage, "resume", "--yes")
    wait(lambda: field.count(State.ATTACHED) == INSTANCES)
    return Figure(
        f"A pause while {INSTANCES} instances are tagged and attached",
        [
            *rows,
            exactly("attached or held by the pause", INSTANCES, held + asked),
            exactly("attached after the resume", INSTANCES, field.count(State.ATTACHED)),
            exactly("attaches in all", INSTANCES, len(log.times(ATTACH))),
        ],
        NOTE,
    )


def _tag(field: Field, instances: list[InstanceId]) -> None:
    for instance in instances:
        field.tag(instance)
        time.sleep(SECONDS_BETWEEN_TAGS)


def _releasing(field: Field, log: _Log) -> Figure:
    left = INSTANCES - RELEASED
    wait(lambda: len(log.times(DETACH)) >= DETACHED)
    paused = _paused(field.stage)
    wait(log.quiet)
    rows = [*log.rows(DETACH, paused), Row("detaches by then", str(len(log.times(DETACH))))]
    run_command(field.stage, "resume", "--yes")
    # What stayed attached is found by a sweep, and noted for the release delay once more.
    _until(lambda: field.count(State.ATTACHED) == left and not field.count(State.RELEASING), field)
    return Figure(
        f"A pause while {RELEASED} instances are released",
        [
            *rows,
            exactly("still attached after the resume", left, field.count(State.ATTACHED)),
            exactly("detaches in all", RELEASED, len(log.times(DETACH))),
        ],
        NOTE,
    )


def _seconds(times: list[datetime], since: datetime) -> str:
    late = sum(time > since for time in times)
    return f"{(times[-1] - since).total_seconds():+.2f} s, {late} calls" if times else "none"


def _paused(stage: Stage) -> datetime:
    run_command(stage, "pause", "--yes", "--reason", "the benchmark")
    return datetime.now(UTC)


def _held(field: Field, instances: list[InstanceId]) -> int:
    """Count the instances of which nothing was asked for: they wait, or their claim is in doubt."""
    found = field.stage.ledger.records(instances)
    records = [it[field.target] for it in found.values() if field.target in it]
    return sum(it.reason is Reason.PAUSED or it.state is State.CLAIMED for it in records)


def _until(fact: Callable[[], bool], field: Field) -> None:
    """Wait for ``fact``; sweeps are asked for, not waited for."""

    def swept() -> bool:
        field.stage.sweep()
        return fact()

    wait(swept, every=3)
