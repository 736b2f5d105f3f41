"""Functions of the stack, run to their end: the publisher, and the sweep."""

from collections.abc import Callable, Mapping, Sequence
from json import dumps, loads
from typing import TYPE_CHECKING, Any

from dualhome.domain import errors
from dualhome_cli.errors import CommandError
from dualhome_cli.redrive.publish import Item, key_of

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before a call is repeated."""

PASSING = frozenset(
    it.__name__
    for it in vars(errors).values()
    if isinstance(it, type) and issubclass(it, errors.TransientError)
)
"""Errors of a function of ours that a later call may not meet."""


class FailedCallError(CommandError):
    """A function ended with an error: ``type`` is its class, ``said`` its text."""

    def __init__(self, function: str, type_: str, said: str) -> None:
        super().__init__(f"{function} failed: {type_}: {said}. Its log says more; nothing is lost.")
        self.type = type_
        self.said = said


class PublishFunction:
    """The port ``Publisher``: the function, called as the audit table's stream calls it."""

    def __init__(
        self, functions: "LambdaClient", name: str, sleep: Callable[[float], None]
    ) -> None:
        self._functions = functions
        self._name = name
        self._sleep = sleep

    def publish(self, items: Sequence[Item]) -> Sequence[str]:
        """
        Publish what can be read of ``items``; return the sort keys of the others.

        A transient error is retried for half a minute.

        Raises:
            CommandError: the function failed, or is too old to say what it cannot read.
        """
        answer = self._call({"Records": [_record(it) for it in items], "redrive": True})
        if "unreadable" not in answer:
            raise CommandError(f"{self._name} is of an older version: deploy this version first.")
        return [str(it) for it in answer["unreadable"]]

    def _call(self, event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what the function returns
        for pause in PAUSES:
            try:
                return call(self._functions, self._name, event)
            except FailedCallError as error:
                if error.type not in PASSING:
                    raise
                self._sleep(pause)
        return call(self._functions, self._name, event)


def call(functions: "LambdaClient", name: str, event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what the function returns
    """
    Run a function to its end, and return what it returns.

    Raises:
        FailedCallError: it raised an error.
    """
    answer = functions.invoke(FunctionName=name, Payload=dumps(event).encode())
    said = loads(answer["Payload"].read() or b"null")
    if answer.get("FunctionError"):
        raise FailedCallError(name, str(said.get("errorType")), str(said.get("errorMessage")))
    return said


def _record(item: Item) -> dict[str, Any]:
    """Return an entry as the stream shows it; its sort key stands for the place in the stream."""
    key = key_of(item)
    return {
        "eventID": key,
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "dynamodb": {
            "Keys": {"pk": item["pk"], "sk": item["sk"]},
            "NewImage": item,
            "SequenceNumber": key,
        },
    }
