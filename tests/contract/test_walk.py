"""The word `mgmt`, followed through a real run: docs/architecture.md names the files it passes."""

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
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
FAKES = ROOT / "tests" / "support" / "fakes"
MOST_FILES = 14
INSTANCE = "i-0123456789abcdef0"

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
    """A reader who follows a tag to its audit entry opens these files, and no others."""
    scene = a_scene(an_instance(INSTANCE), an_interface())

    with _recorded() as entered:
        deliver(scene, TAGGED)
        item = audit_item(scene.ledger.audit[-1], 0)

    documented = _documented()
    assert State.ATTACHING == scene.record(instance=INSTANCE).state
    assert MGMT == item["target"]
    assert [file for file, _ in documented] == list(entered)
    assert len(entered) <= MOST_FILES
    assert [] == [stop for stop in documented if stop[1] not in entered[stop[0]]]


def _documented() -> list[tuple[str, str]]:
    """Return file and function of each row of the table, which are numbered from 1."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = re.split(r"^#+ One tag, followed$", text, maxsplit=1, flags=re.MULTILINE)[1]
    section = section.partition("\n#")[0]
    rows = re.findall(r"^\| (\d+) \| `([^`]+)` \| `([^`]+)` \|", section, re.MULTILINE)
    assert [str(number) for number in range(1, len(rows) + 1)] == [number for number, *_ in rows]
    return [(file, function) for _, file, function in rows]


@contextmanager
def _recorded() -> Iterator[dict[str, list[str]]]:
    """Note which functions the word enters, file by file, in the order of the first entry."""
    entered: dict[str, list[str]] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        path = Path(code.co_filename)
        by_fake = frame.f_back and Path(frame.f_back.f_code.co_filename).is_relative_to(FAKES)
        if event != "call" or by_fake or not path.is_relative_to(PACKAGE):
            return
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if any(_names_it(frame.f_locals.get(name)) for name in names):
            entered.setdefault(str(path.relative_to(PACKAGE)), []).append(code.co_qualname)

    sys.setprofile(note)
    try:
        yield entered
    finally:
        sys.setprofile(None)


def _names_it(value: object, depth: int = 2) -> bool:
    """Whether ``value`` is the word, or a thing that names it, or a list or pair of such things."""
    if isinstance(value, str):
        return MGMT in value.split('"')
    if depth == 0:
        return False
    parts: Iterable[object] = ()
    if is_dataclass(value) and not isinstance(value, type):
        parts = [getattr(value, it.name) for it in fields(value)]
    elif isinstance(value, Mapping):
        parts = (*value, *value.values())
    elif isinstance(value, Collection):
        parts = value
    return any(_names_it(part, depth - 1) for part in parts)
