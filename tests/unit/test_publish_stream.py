"""The audit's stream, batch by batch: what comes back is what was not published."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from dualhome.domain.audit import AuditEntry
from dualhome.domain.errors import ThrottledError
from dualhome.domain.states import State
from dualhome.entrypoints.moves import handle_moves
from tests.support.builders import an_instance, an_interface
from tests.support.in_memory_scene import a_scene
from tests.support.in_memory_stage import Stage

THROTTLED = ThrottledError("Request limit exceeded.", code="RequestLimitExceeded")


def test_a_batch_that_is_published_is_not_delivered_again() -> None:
    """Each move is an event for others: once is what they expect."""
    stage = _attached()

    answer = _deliver(stage, ["0", "1", "2"])

    assert {"batchItemFailures": []} == answer
    assert [State.CLAIMED, State.ATTACHING, State.ATTACHED] == _states(stage)


def test_what_a_throttled_tag_holds_up_comes_back_alone() -> None:
    """Lambda goes on from the first record that is named."""
    stage = _attached()
    stage.scene.calls.fail_next("create_tags", THROTTLED)

    answer = _deliver(stage, ["0", "1", "2"])

    assert {"batchItemFailures": [{"itemIdentifier": "2"}]} == answer
    assert [State.CLAIMED, State.ATTACHING] == _states(stage)


def test_nothing_behind_a_record_that_cannot_be_read_is_published() -> None:
    """Lambda delivers it again with that record, and it would be announced once more each time."""
    stage = _attached()

    answer = _deliver(stage, ["0", "no entry", "2"])

    assert {"batchItemFailures": [{"itemIdentifier": "no entry"}]} == answer
    assert [State.CLAIMED] == _states(stage)


def test_a_batch_that_begins_with_such_a_record_is_an_error_of_the_function() -> None:
    """Its alarm is the first to tell: the failures queue gets the record an hour later."""
    stage = _attached()

    with pytest.raises(ValueError, match="no entry"):
        _deliver(stage, ["no entry", "1", "2"])

    assert [] == _states(stage)


def _attached() -> Stage:
    scene = a_scene(an_instance(), an_interface())
    scene.look()
    scene.work_off()
    return Stage(scene)


def _deliver(stage: Stage, numbers: Sequence[str]) -> Mapping[str, Any]:
    """Let Lambda deliver the audit entries of these numbers, as records of these numbers."""

    def read(image: Mapping[str, Any]) -> AuditEntry:
        return stage.scene.ledger.audit[int(image["number"])]

    records = [
        {"eventID": it, "dynamodb": {"SequenceNumber": it, "NewImage": {"number": it}}}
        for it in numbers
    ]
    return handle_moves({"Records": records}, stage.outlets, read)


def _states(stage: Stage) -> list[State]:
    return [entry.after.state for entry in stage.events.published]
