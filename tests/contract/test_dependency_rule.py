"""What the import contracts in pyproject.toml cannot say of the two inner layers."""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "layers" / "dualhome" / "dualhome"
INNER = sorted(
    path for layer in ("domain", "application") for path in (PACKAGE / layer).rglob("*.py")
)
# The standard library's doors: time and chance are arguments, the rest is an adapter's work.
DOORS = {
    "logging",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "time",
    "urllib",
    "uuid",
}
CLOCKS = {"now", "today", "utcnow"}


def imported(path: Path) -> Iterator[str]:
    """Name each top-level package that ``path`` imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def found_in_inner_modules(search: Callable[[Path], set[str]]) -> dict[str, set[str]]:
    """Return what ``search`` finds, by module of the inner layers."""
    return {str(path.relative_to(PACKAGE)): found for path in INNER if (found := search(path))}


def calls(path: Path) -> Iterator[str]:
    """Name each method or function of a module that ``path`` calls."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr


def test_an_inner_module_knows_the_standard_library_and_the_package_alone() -> None:
    """A rule that needs AWS to be tested is tested badly; no list of libraries is ever complete."""
    known = sys.stdlib_module_names | {"dualhome"}

    assert {} == found_in_inner_modules(lambda path: set(imported(path)) - known)


def test_an_inner_module_opens_no_door_of_the_standard_library() -> None:
    """The same inputs give the same decision, today and in a replay of last month's incident."""
    assert {} == found_in_inner_modules(
        lambda path: (set(imported(path)) & DOORS) | (set(calls(path)) & CLOCKS)
    )


def test_the_inner_layers_are_found() -> None:
    """The two rules above hold of something."""
    assert len(INNER) > 30
    assert {"domain", "application"} == {path.relative_to(PACKAGE).parts[0] for path in INNER}
