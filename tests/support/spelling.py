"""Values spelled as Python code that makes them again: a failure leaves a program behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from typing import Any

from dualhome.domain.errors import DualhomeError

PLAIN = (type(None), bool, int, float, str)


@dataclass(slots=True)
class Spelling:
    """Code for values, and the imports that it needs; names of two modules must not collide."""

    imports: dict[str, str] = field(default_factory=dict)

    def of(self, value: object) -> str:
        """
        Return an expression that evaluates to ``value``.

        Raises:
            TypeError: nobody has said how to spell it.
        """
        match value:
            case Enum():
                return f"{self._name(type(value))}.{value.name}"
            case DualhomeError():
                told = {"code": value.code, "verbatim": value.verbatim}
                return self._call(type(value), repr(value.message), told)
            case _ if is_dataclass(value) and not isinstance(value, type):
                given = {it.name: getattr(value, it.name) for it in fields(value) if it.init}
                return self._call(type(value), "", given)
            case _ if type(value) in PLAIN:
                return repr(value)
        raise TypeError(f"{value!r}: say in tests/support/spelling.py how to spell it")

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
