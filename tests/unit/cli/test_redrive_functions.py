"""The publisher as a redrive calls it: what passes is waited for, and the rest told as it is."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any, cast

import pytest

from dualhome.entrypoints.moves import handle_moves
from dualhome_cli.redriving.functions import PAUSES, FailedCallError, PublishFunction
from dualhome_cli.redriving.moves import UnreadableEntryError
from tests.support.in_memory_scene import a_scene
from tests.support.in_memory_stage import Stage

ITEMS = [{"pk": {"S": "INSTANCE#i-1"}, "sk": {"S": key}} for key in ("first", "second")]
DONE: Mapping[str, Any] = {"batchItemFailures": []}
THROTTLED = {"errorType": "ThrottledError", "errorMessage": "CreateTags: Request limit exceeded."}


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


def publisher(functions: Functions, slept: list[float]) -> PublishFunction:
    """Return the function under test; ``slept`` notes its pauses."""
    return PublishFunction(cast("Any", functions), "publish", slept.append)


def test_a_throttled_tag_is_tried_again_after_a_pause() -> None:
    """EC2 takes tags again within seconds; a person need not come back for that."""
    slept: list[float] = []

    assert publisher(Functions(THROTTLED, THROTTLED, DONE), slept).publish(ITEMS) is None
    assert list(PAUSES[:2]) == slept


def test_what_stays_throttled_is_told_as_that() -> None:
    """It is no entry that cannot be read: the redrive can be repeated later."""
    functions = Functions(THROTTLED)

    with pytest.raises(FailedCallError, match="ThrottledError: CreateTags"):
        publisher(functions, []).publish(ITEMS)
    assert 1 + len(PAUSES) == functions.calls


def test_the_entry_before_which_the_publisher_stopped_is_returned() -> None:
    """Nothing from there on has been published."""
    stopped = {"batchItemFailures": [{"itemIdentifier": "second"}]}

    assert "second" == publisher(Functions(stopped), []).publish(ITEMS)


def test_an_entry_that_cannot_be_read_is_not_tried_again() -> None:
    """Time does not mend it; Lambda tells of the publisher's own error what it is and says."""
    records = [{"dynamodb": {"SequenceNumber": "first", "NewImage": {}}}]
    with pytest.raises(Exception, match="first") as said:
        handle_moves(
            {"Records": records}, Stage(a_scene()).outlets, lambda image: image["no entry"]
        )
    told = {"errorType": type(said.value).__name__, "errorMessage": str(said.value)}
    functions = Functions(told)

    with pytest.raises(UnreadableEntryError):
        publisher(functions, []).publish(ITEMS)
    assert 1 == functions.calls


def test_any_other_error_of_the_function_is_told() -> None:
    """A missing permission is not an entry that cannot be read."""
    functions = Functions({"errorType": "AccessDeniedError", "errorMessage": "events:PutEvents"})

    with pytest.raises(FailedCallError, match="AccessDeniedError"):
        publisher(functions, []).publish(ITEMS)
    assert 1 == functions.calls
