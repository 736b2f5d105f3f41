"""What our functions log: each message with the keys beside it, read from the code's own calls."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.support.readers.template import ROOT

LEVELS = {"info", "warning", "error", "exception"}
OF_EVERY_LINE = {"message", "level", "function_name"}
"""Keys that Powertools' Logger sets by itself, as far as they are used."""


def logged() -> dict[str, set[str]]:
    """Return the keys of each message."""
    found: dict[str, set[str]] = defaultdict(set)
    for folder in ("layers/dualhome", "functions"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for message, keys in _lines(path):
                found[message] |= keys | OF_EVERY_LINE
    return dict(found)


def _lines(path: Path) -> Iterator[tuple[str, set[str]]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and _is_log(node.func):
                    yield ast.literal_eval(node.args[0]), _keys(node, function)


def _is_log(called: ast.expr) -> bool:
    return (
        isinstance(called, ast.Attribute)
        and called.attr in LEVELS
        and isinstance(called.value, ast.Name)
        and called.value.id == "logger"
    )


def _keys(call: ast.Call, function: ast.FunctionDef) -> set[str]:
    keys: set[str] = set()
    for keyword in call.keywords:
        keys |= {keyword.arg} if keyword.arg else _spread(keyword.value, function)
    return keys


def _spread(value: ast.expr, function: ast.FunctionDef) -> set[str]:
    """Return the keys of ``**name``, the name being given to a literal in the same function."""
    for node in ast.walk(function):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict(keys=keys))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Dict(keys=keys))
            ) if ast.unparse(value) == name:
                return {ast.literal_eval(key) for key in keys if key}
    raise ValueError(f"{function.name}: {ast.unparse(value)} is no literal of this function")
