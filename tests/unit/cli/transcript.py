"""The wording of the command, kept as files: transcripts and their snapshots."""

import os
from pathlib import Path

from click.testing import Result

from tests.support.scenarios.stack import InMemoryStack, run

SNAPSHOTS = Path(__file__).parent / "snapshots"
WRITE = bool(os.environ.get("DUALHOME_WRITE_SNAPSHOTS"))
"""As `make snapshots` sets it; read at import, since no test sees the developer's environment."""


class Transcript:
    """Commands and what they answer, or texts, each under a title; ``name`` is that of its file."""

    def __init__(self, name: str) -> None:
        self._file = SNAPSHOTS / f"{name}.txt"
        self._parts: list[str] = []

    def run(self, title: str, stack: InMemoryStack, *words: str) -> Result:
        """Run `dualhome WORDS` on ``stack``, and note all that it says."""
        result = run(stack, *words)
        answer = [
            f"$ dualhome {' '.join(words)}",
            result.stdout.rstrip("\n"),
            *(f"! {line}" for line in result.stderr.splitlines()),
            f"exit {result.exit_code}",
        ]
        self.note(title, *filter(None, answer))
        return result

    def note(self, title: str, *lines: str) -> None:
        """Note ``lines`` under ``title``."""
        self._parts.append("\n".join([f"## {title}", *lines, ""]))

    def check(self) -> None:
        """
        Compare what was noted with the snapshot; with ``WRITE``, write it first.

        Raises:
            AssertionError: they differ; `make snapshots` writes what the command says today.
        """
        text = "\n".join(self._parts)
        if WRITE:
            SNAPSHOTS.mkdir(exist_ok=True)
            self._file.write_text(text, encoding="utf-8")
        kept = self._file.read_text(encoding="utf-8") if self._file.exists() else ""
        assert kept.splitlines() == text.splitlines(), f"{self._file.name}: see `make snapshots`"
