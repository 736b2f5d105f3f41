"""The publisher as a redrive calls it: what passes is waited for, and the rest told as it is."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any, cast

import pytest

from dualhome.adapters.dynamodb.items import pause_item, read_audit, wire
from dualhome.entrypoints.publish import handle_moves
from dualhome_cli.aws.functions import PAUSES, FailedCallError, PublishFunction
from dualhome_cli.errors import CommandError
from tests.support.builders.values import a_pause_change
from tests.support.scenarios.scene import a_scene
from tests.support.scenarios.stage import Stage

ITEMS = [{"pk": {"S": "INSTANCE#i-1"}, "sk": {"S": key}} for key in ("first", "second")]
DONE: Mapping[str, Any] = {"batchItemFailures": [], "unreadable": []}
THROTTLED = {"errorType": "ThrottledError", "errorMessage": "PutEvents: Rate exceeded."}


class Functions:
    """Lambda, where calls end with ``answers``, the last of them again and again."""

    def __init__(self, *answers: Mapping[str, Any]) -> None:
        self.calls = 0
        self._answers = answers

    def invoke(self, **_: object) -> Mapping[str, object]:
        """Answer as Lambda does."""
        answer = self._answers[min(self.calls, len(self._answers) - 1)]
        self.calls += 1
        failed = {"FunctionError": "Unhandled"} if "errorType" in answer else {}
        return {"Payload": BytesIO(json.dumps(answer).encode()), **failed}


class Published(Functions):
    """Lambda, where the publisher of ``stage`` runs."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage

    def invoke(self, **call: object) -> Mapping[str, object]:
        """Answer as the publisher does."""
        event = json.loads(cast("bytes", call["Payload"]))
        answer = handle_moves(event, self._stage.publishers, read_audit)
        return {"Payload": BytesIO(json.dumps(answer).encode())}


def publisher(functions: Functions, slept: list[float]) -> PublishFunction:
    """Return the function under test; ``slept`` notes its pauses."""
    return PublishFunction(cast("Any", functions), "publish", slept.append)


def test_what_passes_is_tried_again_after_a_pause() -> None:
    """A throttled bus takes events again within seconds; no second redrive is needed."""
    slept: list[float] = []

    assert [] == publisher(Functions(THROTTLED, THROTTLED, DONE), slept).publish(ITEMS)
    assert list(PAUSES[:2]) == slept


def test_what_stays_throttled_is_reported_as_that() -> None:
    """It is no entry that cannot be read: the redrive can be repeated later."""
    functions = Functions(THROTTLED)

    with pytest.raises(FailedCallError, match="ThrottledError: PutEvents"):
        publisher(functions, []).publish(ITEMS)
    assert 1 + len(PAUSES) == functions.calls


def test_entries_that_cannot_be_read_are_returned() -> None:
    """The publisher itself is asked; it sets nothing aside that came from there."""
    stage = Stage(a_scene())
    functions = Published(stage)

    assert ["first", "second"] == publisher(functions, []).publish(ITEMS)
    assert [] == stage.aside.kept


def test_a_publisher_that_does_not_say_what_it_cannot_read_is_too_old() -> None:
    """It may have stopped half-way; the messages stay."""
    with pytest.raises(CommandError, match="deploy this version"):
        publisher(Functions({"batchItemFailures": [{"itemIdentifier": "1"}]}), []).publish(ITEMS)


def test_any_other_error_of_the_function_is_reported() -> None:
    """A missing permission is not an entry that cannot be read."""
    functions = Functions({"errorType": "AccessDeniedError", "errorMessage": "events:PutEvents"})

    with pytest.raises(FailedCallError, match="AccessDeniedError"):
        publisher(functions, []).publish(ITEMS)
    assert 1 == functions.calls


def test_a_pause_is_published_again_as_a_move_is() -> None:
    """An outage of the bus may have swallowed it."""
    stage = Stage(a_scene())
    item = wire(pause_item(a_pause_change(), 0))

    assert [] == publisher(Published(stage), []).publish([item])
    assert [a_pause_change()] == stage.events.announced
