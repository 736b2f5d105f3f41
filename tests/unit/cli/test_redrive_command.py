"""`dualhome redrive` for programs: one answer on standard output, whatever happens beside it."""

import csv
import io
import json

import pytest
from click.testing import Result

from dualhome_cli.commands import redrive
from dualhome_cli.redrive.queues import DeadLetterQueue, Name
from tests.support.fakes.dead_letters import Copier, InMemoryDeadLetters
from tests.support.scenarios.stack import InMemoryStack, run


def redriven(patch: pytest.MonkeyPatch, *words: str, bodies: tuple[str, ...]) -> Result:
    """Run `dualhome redrive WORDS` where the queue of changes holds ``bodies``."""
    letters = {name: InMemoryDeadLetters() for name in Name}
    letters[Name.CHANGES] = InMemoryDeadLetters(*bodies)
    patch.setattr(redrive, "queue", lambda _, name: DeadLetterQueue(name, letters[name], Copier()))
    return run(InMemoryStack(), "redrive", *words)


def test_json_is_one_array_that_tells_how_each_queue_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A program reads standard output whole; what is said to people goes elsewhere."""
    done = redriven(monkeypatch, "-o", "json", "--yes", bodies=("good 1", "bad 2", "good 3"))

    changes, *others = json.loads(done.stdout)
    assert (1, "changes", 3) == (done.exit_code, changes["queue"], changes["waiting"])
    assert (2, 1) == (changes["handled"], changes["left"])
    assert {"id-1": "not readable: bad 2"} == changes["reasons"]
    assert [(0, 0, {})] * 4 == [(it["handled"], it["left"], it["reasons"]) for it in others]
    assert "changes: sent back to the changes queue" in done.stderr


def test_csv_has_the_same_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to parse sentences."""
    done = redriven(monkeypatch, "changes", "-o", "csv", "--yes", bodies=("good 1",))

    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (0, "1", "0") == (done.exit_code, row["handled"], row["left"])


def test_empty_queues_are_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was handled, and nothing is left."""
    done = redriven(monkeypatch, "-o", "json", bodies=())

    assert 0 == done.exit_code
    assert [0] * 5 == [it["handled"] for it in json.loads(done.stdout)]
    assert "There is nothing to redrive." in done.stderr


def test_people_read_what_lies_there_and_how_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """All in the order in which it happened."""
    done = redriven(monkeypatch, "changes", "--yes", bodies=("good 1", "bad 2"))

    assert (
        "changes: 1 sent to the changes queue: what fails again returns to this queue; 1 left."
        in done.stdout
    )
    assert "id-1 stays: not readable: bad 2" in done.stdout
    assert "sent back to the changes queue" in done.stdout
