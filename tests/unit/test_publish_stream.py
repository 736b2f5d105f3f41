"""The audit's stream, batch by batch: unreadable items go to a queue, the rest is published."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from dualhome.domain.attachment import AuditEntry
from dualhome.domain.errors import UnavailableError
from dualhome.domain.states import State
from dualhome.entrypoints.publish import handle_moves
from tests.support.builders.values import INSTANCE, an_instance, an_interface
from tests.support.scenarios.scene import a_scene
from tests.support.scenarios.stage import Stage


def test_a_batch_that_is_published_is_not_delivered_again() -> None:
    """Each move is an event for others: once is what they expect."""
    stage = _attached()

    answer = _deliver(stage, ["0", "1", "2"])

    assert {"batchItemFailures": []} == answer
    assert [State.CLAIMED, State.ATTACHING, State.ATTACHED] == _states(stage)


def test_an_item_that_cannot_be_read_is_set_aside_and_holds_up_no_other() -> None:
    """Another version wrote it: what lies behind it is as true as before."""
    stage = _attached()

    answer = _deliver(stage, ["0", "no entry", "2"])

    assert {"batchItemFailures": []} == answer
    assert [State.CLAIMED, State.ATTACHED] == _states(stage)
    (kept,) = stage.aside.kept
    assert (f"INSTANCE#{INSTANCE}", "no entry") == (kept.pk, kept.sk)
    assert "no entry" in kept.why


def test_what_is_not_set_aside_comes_back_and_nothing_was_announced_by_then() -> None:
    """Else each delivery would announce the others once more."""
    stage = _attached()
    stage.scene.calls.fail_next("set_aside", UnavailableError("no queue"))

    with pytest.raises(UnavailableError):
        _deliver(stage, ["0", "no entry", "2"])

    assert [] == _states(stage)
    _deliver(stage, ["0", "no entry", "2"])
    assert [State.CLAIMED, State.ATTACHED] == _states(stage)


def test_a_redrive_names_what_cannot_be_read_and_sends_no_further_message() -> None:
    """It has found it among the dead letters: another message would come each time."""
    stage = _attached()

    answer = _deliver(stage, ["no entry", "1"], redrive=True)

    assert {"batchItemFailures": [], "unreadable": ["no entry"]} == answer
    assert [State.ATTACHING] == _states(stage)
    assert [] == stage.aside.kept


def _attached() -> Stage:
    scene = a_scene(an_instance(), an_interface())
    scene.request()
    scene.work_off()
    return Stage(scene)


def _deliver(stage: Stage, numbers: Sequence[str], *, redrive: bool = False) -> Mapping[str, Any]:
    """Let Lambda deliver the audit entries of these numbers, as records of these numbers."""

    def read(image: Mapping[str, Any]) -> AuditEntry:
        return stage.scene.ledger.audit[int(image["number"])]

    records = [
        {
            "eventID": it,
            "dynamodb": {
                "Keys": {"pk": {"S": f"INSTANCE#{INSTANCE}"}, "sk": {"S": it}},
                "SequenceNumber": it,
                "NewImage": {"number": it},
            },
        }
        for it in numbers
    ]
    event = {"Records": records} | ({"redrive": True} if redrive else {})
    return handle_moves(event, stage.publishers, read)


def _states(stage: Stage) -> list[State]:
    return [entry.after.state for entry in stage.events.published]
