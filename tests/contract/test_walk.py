"""The word `mgmt`, followed through a real run: docs/architecture.md names the files it passes."""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import FrameType

from dualhome.adapters.dynamodb.items import audit_item
from dualhome.domain.states import State
from tests.support.builders.values import MGMT, an_instance, an_interface
from tests.support.scenarios.delivery import deliver
from tests.support.scenarios.scene import a_scene

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers" / "dualhome" / "dualhome"
MOST_FILES = 14
INSTANCE = "i-0123456789abcdef0"

Stop = tuple[str, str]

TAGGED = {
    "id": "event-1",
    "source": "aws.tag",
    "detail-type": "Tag Change on Resource",
    "account": "111122223333",
    "region": "us-east-1",
    "time": "2026-03-01T12:00:00Z",
    "resources": [f"arn:aws:ec2:us-east-1:111122223333:instance/{INSTANCE}"],
    "detail": {"resource-type": "instance", "version": 1, "tags": {"dualhome:targets": MGMT}},
}


def test_the_word_passes_the_files_that_the_architecture_names_in_that_order() -> None:
    """Whoever follows a tag to its audit entry opens these files, and no others."""
    scene = a_scene(an_instance(INSTANCE), an_interface())
    stops: list[Stop] = []

    with _recorded(stops):
        deliver(scene, TAGGED)
        item = audit_item(scene.ledger.audit[-1], 0)

    assert State.ATTACHING == scene.record(instance=INSTANCE).state
    assert MGMT == item["target"]
    assert _documented() == stops
    assert len(stops) <= MOST_FILES


def _documented() -> list[Stop]:
    """Return file and function of each row of the table, numbered from 1."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = text.partition("## One tag, followed\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d+) \| `([^`]+)` \| `([^`]+)` \|", section, re.MULTILINE)
    assert [str(number) for number in range(1, len(rows) + 1)] == [number for number, *_ in rows]
    return [(file, function) for _, file, function in rows]


@contextmanager
def _recorded(stops: list[Stop]) -> Iterator[None]:
    """Note where the word enters each file of the package first."""

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        path = Path(code.co_filename)
        if event != "call" or not path.is_relative_to(PACKAGE):
            return
        file = str(path.relative_to(PACKAGE))
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        passed = any(_names_it(frame.f_locals.get(name)) for name in names)
        if passed and file not in {seen for seen, _ in stops}:
            stops.append((file, code.co_qualname))

    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)


def _names_it(value: object) -> bool:
    """Whether ``value`` is the word, or names it itself: a message, a tag, a record."""
    if is_dataclass(value) and not isinstance(value, type):
        return any(_is_it(getattr(value, it.name)) for it in fields(value))
    if isinstance(value, Mapping):
        return any(map(_is_it, (*value, *value.values())))
    if isinstance(value, tuple | list | set | frozenset):
        return any(map(_is_it, value))
    return _is_it(value)


def _is_it(value: object) -> bool:
    return isinstance(value, str) and MGMT in value.split('"')
