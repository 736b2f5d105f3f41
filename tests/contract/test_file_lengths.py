"""A file is one subject, whole, and short enough to be read at one sitting."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.support.readers.checkout import tracked

MOST_LINES = 350
"""A lower cap, 200, had cut single subjects into two to six files."""

MOST_LINES_OF_A_FUNCTION = 40

MOST_MODULES = 15
"""In one folder, its ``__init__`` aside; tests are many, and each is found by its name."""

CROWDED = ("cli", "functions", "layers", "tools", "tests/support")


def test_no_python_file_is_over_350_lines() -> None:
    """A file that outgrows it holds two subjects; tests are read as often as what they test."""
    lengths = {name: len(text.splitlines()) for name, text in tracked(".py").items()}

    assert "tests/contract/test_docs.py" in lengths
    assert {} == {name: lines for name, lines in lengths.items() if lines > MOST_LINES}


def test_no_function_is_over_40_lines() -> None:
    """What does not fit on a screen is understood in parts: then let the parts have names."""
    lengths = {where: lines for name in tracked(".py") for where, lines in _functions(name)}

    assert 0 < lengths["layers/dualhome/dualhome/application/reconcile.py:reconcile"]
    assert {} == {
        name: lines for name, lines in lengths.items() if lines > MOST_LINES_OF_A_FUNCTION
    }


def test_no_folder_holds_more_than_15_modules() -> None:
    """A reader in search of a subject reads the names of one folder at a time."""
    modules = Counter(
        str(path.parent)
        for path in map(PurePosixPath, tracked(".py"))
        if path.name != "__init__.py" and str(path).startswith(CROWDED)
    )

    assert 0 < modules["layers/dualhome/dualhome/domain"]
    assert {} == {folder: count for folder, count in modules.items() if count > MOST_MODULES}


def _functions(name: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(tracked(".py")[name])):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1
