"""A file is one subject, whole, and short enough to be read at one sitting."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache

from tests.support.template import ROOT

MOST_LINES = 350
"""A lower cap, 200, had cut single subjects into two to six files."""

MOST_LINES_OF_A_FUNCTION = 40


def test_no_python_file_is_over_350_lines() -> None:
    """A file that outgrows it holds two subjects; tests are read as often as what they test."""
    lengths = {name: len(text.splitlines()) for name, text in _sources().items()}

    assert "tests/contract/test_docs.py" in lengths
    assert {} == {name: lines for name, lines in lengths.items() if lines > MOST_LINES}


def test_no_function_is_over_40_lines() -> None:
    """What does not fit on a screen is understood in parts: then let the parts have names."""
    lengths = {where: lines for name in _sources() for where, lines in _functions(name)}

    assert 0 < lengths["layers/dualhome/dualhome/application/reconcile.py:reconcile"]
    assert {} == {
        name: lines for name, lines in lengths.items() if lines > MOST_LINES_OF_A_FUNCTION
    }


def _functions(name: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(_sources()[name])):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


@cache
def _sources() -> dict[str, str]:
    listed = subprocess.run(
        ["git", "ls-files", "*.py"],  # noqa: S607 - the git of whoever has a checkout
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in listed}
