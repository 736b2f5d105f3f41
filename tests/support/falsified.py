"""What a model's failing run has done, kept as a program that does it again."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.in_memory_calls import Killed
from tests.support.spelling import Spelling
from tests.support.template import ROOT

FOLDER = ROOT / ".local" / "falsified"
STARTED = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")

PROGRAM = '''\
"""
A run that broke {model}. Again:
{hashed}.venv/bin/pytest {path}
"""

{imports}


def test_again() -> None:
    """It passes once the fault is mended; then it wants to be a test with a name."""
    model = {model}()
{steps}
'''


@dataclass(slots=True)
class Story:
    """
    The steps of one run of a state machine of Hypothesis.

    Hypothesis makes what it found smaller, and tells the smallest last: each failure overwrites the
    one before it that failed at the same rule with the same kind of error, so that the smallest so
    far is kept even if the process is killed.
    """

    model: type
    folder: Path
    spelling: Spelling = field(default_factory=Spelling)
    steps: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, **given: Any) -> Iterator[None]:
        """Note a call of a rule; if it fails, keep the program, and tell it with the failure."""
        self.steps.append(f"    model.{name}({self.spelling.arguments(given)})")
        try:
            yield
        except (Exception, Killed) as error:
            program = self.folder / f"test_{name}_{type(error).__name__}_{STARTED}_{os.getpid()}.py"
            error.add_note(f"Kept as {program}:\n\n{self.keep(program)}")
            raise

    def keep(self, file: Path) -> str:
        """Write the program, and return it."""
        text = self.program(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return text

    def program(self, file: Path) -> str:
        """Return a test module, to be kept as ``file``, that makes the same steps."""
        self.spelling.imports[self.model.__name__] = self.model.__module__
        # Sets are walked in an order that depends on it.
        seed = os.environ.get("PYTHONHASHSEED", "")
        return PROGRAM.format(
            model=self.model.__name__,
            hashed=f"PYTHONHASHSEED={seed} " if seed else "",
            path=os.path.relpath(file, ROOT),
            imports="\n".join(self.spelling.import_lines()),
            steps="\n".join(self.steps),
        )
