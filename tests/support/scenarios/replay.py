"""A model's failing run, kept as a program that does it again."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from dualhome.domain.errors import DualhomeError
from tests.support.fakes.call_log import Killed
from tests.support.readers.template import ROOT

PLAIN = (type(None), bool, int, float, str)


@dataclass(slots=True)
class Spelling:
    """Code for values, and the imports that it needs; names of two modules must not collide."""

    imports: dict[str, str] = field(default_factory=dict)

    def of(self, value: object) -> str:
        """
        Return an expression that evaluates to ``value``.

        Raises:
            TypeError: it has no spelling.
        """
        match value:
            case Enum():
                return f"{self._name(type(value))}.{value.name}"
            case DualhomeError():
                given = {"code": value.code, "verbatim": value.verbatim}
                return self._call(type(value), repr(value.message), given)
            case _ if is_dataclass(value) and not isinstance(value, type):
                given = {it.name: getattr(value, it.name) for it in fields(value) if it.init}
                return self._call(type(value), "", given)
            case _ if type(value) in PLAIN:
                return repr(value)
        raise TypeError(f"{value!r}: say in tests/support/scenarios/replay.py how to spell it")

    def import_lines(self) -> list[str]:
        """Return the statements that the expressions so far need."""
        return [f"from {module} import {name}" for name, module in sorted(self.imports.items())]

    def arguments(self, given: Mapping[str, Any]) -> str:
        """Return keyword arguments as they are written in a call."""
        return ", ".join(f"{name}={self.of(value)}" for name, value in given.items())

    def _call(self, made: type, first: str, given: Mapping[str, Any]) -> str:
        return f"{self._name(made)}({', '.join(filter(None, [first, self.arguments(given)]))})"

    def _name(self, of: type) -> str:
        if self.imports.setdefault(of.__name__, of.__module__) != of.__module__:
            raise TypeError(f"two classes are called {of.__name__}")
        return of.__name__


FOLDER = ROOT / ".local" / "falsified"
STARTED = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")

PROGRAM = '''\
"""
A run that broke {model}. Again:
{hashed}.venv/bin/pytest {path}
"""

{imports}


def test_again() -> None:
    """It passes once the fault is corrected; then it wants to be a test with a name."""
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
