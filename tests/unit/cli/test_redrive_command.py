"""`dualhome redrive` for programs: one answer on standard output, whatever happens beside it."""

import csv
import io
import json

import pytest
from click.testing import Result

from dualhome_cli.commands import redrive
from dualhome_cli.redrive.queues import DONE, INTENTS, DeadLetterQueue, Name
from tests.support.fakes.dead_letters import Copier, InMemoryDeadLetters
from tests.support.scenarios.stack import InMemoryStack, run
from tests.unit.cli.transcript import Transcript


def redriven(patch: pytest.MonkeyPatch, *words: str, bodies: tuple[str, ...]) -> Result:
    """Run `dualhome redrive WORDS` where the queue of changes holds ``bodies``."""
    patch_queues(patch, bodies)
    return run(InMemoryStack(), "redrive", *words)


def patch_queues(patch: pytest.MonkeyPatch, bodies: tuple[str, ...]) -> None:
    """Let the queue of changes hold ``bodies``, and the others nothing."""
    letters = {name: InMemoryDeadLetters() for name in Name}
    letters[Name.CHANGES] = InMemoryDeadLetters(*bodies)
    patch.setattr(redrive, "queue", lambda _, name: DeadLetterQueue(name, letters[name], Copier()))


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
    assert INTENTS[Name.CHANGES] in done.stderr


def test_csv_has_the_same_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    """No program has to parse sentences."""
    done = redriven(monkeypatch, "changes", "-o", "csv", "--yes", bodies=("good 1",))

    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (0, "1", "0") == (done.exit_code, row["handled"], row["left"])


def test_empty_queues_are_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was handled, and nothing is left."""
    done = redriven(monkeypatch, "-o", "json", bodies=())

    assert 0 == done.exit_code
    assert [0] * 5 == [it["handled"] for it in json.loads(done.stdout)]
    assert "There is nothing to redrive." in done.stderr


def test_a_redrive_shows_what_there_is_and_how_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """All in the order in which it happened."""
    said = Transcript("redrive")
    for words, bodies in (
        (["--dry-run"], ("good 1", "bad 2")),
        (["--yes"], ("good 1", "bad 2")),
        (["--yes"], ()),
        (["changes"], ("good 1",)),
    ):
        patch_queues(monkeypatch, bodies)
        said.run(f"{len(bodies)} messages", InMemoryStack(), "redrive", *words)
    said.note("what becomes of them", *INTENTS.values())
    said.note("what became of them", *(f"{name}: 1 {done}" for name, done in DONE.items()))
    said.check()
