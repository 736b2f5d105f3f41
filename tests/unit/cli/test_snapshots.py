"""Snapshots are compared with what the command says; none is left behind, none is missing."""

import re
from pathlib import Path

import pytest

from tests.unit.cli import transcript
from tests.unit.cli.transcript import SNAPSHOTS, Transcript

_USED = re.compile(r'Transcript\("([a-z-]+)"\)')


def a_transcript(text: str) -> Transcript:
    """Return a transcript of one note."""
    said = Transcript("planted")
    said.note("a note", text)
    return said


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Write no snapshot of the checkout."""
    monkeypatch.setattr(transcript, "SNAPSHOTS", tmp_path)


def test_a_snapshot_that_is_missing_or_stale_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it is written anew."""
    monkeypatch.setattr(transcript, "WRITE", False)
    with pytest.raises(AssertionError, match="make snapshots"):
        a_transcript("a word").check()
    monkeypatch.setattr(transcript, "WRITE", True)
    a_transcript("a word").check()
    monkeypatch.setattr(transcript, "WRITE", False)

    a_transcript("a word").check()
    with pytest.raises(AssertionError, match="make snapshots"):
        a_transcript("another word").check()


@pytest.mark.skipif(transcript.WRITE, reason="the others are being written")
def test_every_snapshot_has_its_test() -> None:
    """One that no test compares says nothing."""
    sources = [it.read_text(encoding="utf-8") for it in Path(__file__).parent.glob("test_*.py")]
    used = {name for source in sources for name in _USED.findall(source)} - {"planted"}

    assert used == {it.stem for it in SNAPSHOTS.glob("*")}
