"""Whichever Python builds the dependencies layer, it is the same."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.readers.template import ROOT
from tests.support.untried import OTHER_PYTHONS

OLDER = ["3.9", "3.10"]
"""The oldest that the makefile promises, which macOS and Amazon Linux 2023 have; Ubuntu 22.04's."""


def interpreters(version: str) -> Iterator[Path]:
    """Yield what may be a Python of a version: on PATH, or installed by pyenv."""
    if found := shutil.which(f"python{version}"):
        yield Path(found)
    yield from sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}"))


def has_pip(python: Path) -> bool:
    """Return whether it runs, which a shim of pyenv may not, and has its pip."""
    asked = subprocess.run([python, "-m", "pip", "--version"], check=False, capture_output=True)
    return asked.returncode == 0


def built(python: Path, folder: Path) -> dict[str, bytes]:
    """Build the layer with a Python; return its files."""
    target = ["-f", "layers/dependencies/Makefile", "build-DependenciesLayer"]
    subprocess.run(
        ["make", *target, f"PYTHON={python}", f"ARTIFACTS_DIR={folder}"],  # noqa: S607 - the owner's make
        cwd=ROOT,
        check=True,
    )
    files = (it for it in folder.rglob("*") if it.is_file())
    return {str(it.relative_to(folder)): it.read_bytes() for it in files}


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The layer that this Python builds."""
    return built(Path(sys.executable), tmp_path_factory.mktemp("ours"))


@pytest.mark.parametrize("version", OLDER)
def test_an_older_python_builds_the_same_layer(
    version: str, ours: dict[str, bytes], tmp_path: Path
) -> None:
    """By its own pip, which would resolve for itself, and refuse what needs a newer one."""
    older = next(filter(has_pip, interpreters(version)), None)
    if older is None:
        pytest.skip(f"{OTHER_PYTHONS} {version} with pip")

    assert ours == built(older, tmp_path)
