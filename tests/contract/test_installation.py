"""`pip install .`: what is installed, and what it needs."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from zipfile import ZipFile

import pytest

from tests.support.readers.template import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = [ROOT / it for it in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]]
NEEDED = {re.split(r"[<>=~!]", it)[0] for it in PROJECT["project"]["dependencies"]}
OURS = {path.name for path in PACKAGES}
PINNED = (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")


def imported() -> Iterator[str]:
    """Yield each package that an installed module imports when it runs."""
    for path in (file for package in PACKAGES for file in package.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in _run(tree):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield (node.module or "").partition(".")[0]


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """Yield ``node`` and all beneath it, but for what exists for the type checker alone."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _run(child)


def test_the_package_and_its_command_are_installed() -> None:
    """The command is of no use without what it commands."""
    assert {"dualhome", "dualhome_cli"} == OURS
    assert all((package / "__init__.py").is_file() for package in PACKAGES)


def test_what_is_needed_is_what_is_imported() -> None:
    """A dependency that is missing shows in a clean environment only, one too many in none."""
    theirs = set(imported()) - sys.stdlib_module_names - OURS
    distributions = {packages_distributions()[it][0] for it in theirs - {"botocore"}}

    assert {it.lower().replace("_", "-") for it in distributions} == NEEDED


def test_what_is_needed_is_what_the_tests_run_with() -> None:
    """The oldest version allowed is no newer than the one that is known to work."""
    floors = dict(it.split(">=") for it in PROJECT["project"]["dependencies"])
    pinned = dict(re.findall(r"^(\S+)==(\S+)", PINNED, re.MULTILINE))

    assert NEEDED == floors.keys() <= pinned.keys()
    assert {} == {
        name: (floor, pinned[name])
        for name, floor in floors.items()
        if _numbers(floor) > _numbers(pinned[name])
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    """What `pip install .` unpacks."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (path,) = folder.glob("*.whl")
    with ZipFile(path) as archive:
        yield archive


def test_every_file_of_the_packages_is_installed(wheel: ZipFile) -> None:
    """A template that stays behind shows at the first report, in production only."""
    files = {
        str(path.relative_to(package.parent))
        for package in PACKAGES
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert files == {it for it in wheel.namelist() if ".dist-info/" not in it}


def test_the_command_is_installed_under_its_name(wheel: ZipFile) -> None:
    """It is what everything tells people to type."""
    (points,) = (it for it in wheel.namelist() if it.endswith("/entry_points.txt"))

    assert "dualhome = dualhome_cli.main:dualhome" in wheel.read(points).decode()


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
