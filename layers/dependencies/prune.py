"""Trims the dependencies layer to what the functions use, and refuses compiled code."""  # noqa: INP001 - a script, run by its path

import shutil
import sys
from pathlib import Path

COMPILED = frozenset({".so", ".pyd", ".dylib", ".dll"})
SERVICES = Path(__file__).with_name("services.txt")


class CompiledCodeError(Exception):
    """A layer with compiled code would run on one architecture and one Python only."""


def prune(packages: Path, services: frozenset[str]) -> None:
    """
    Remove from ``packages`` the AWS models of all but ``services``, scripts and lists of files.

    ``METADATA`` stays, for ``importlib.metadata``; so do the licences.

    Raises:
        CompiledCodeError: a file is compiled.
    """
    if compiled := sorted(compiled_files(packages)):
        raise CompiledCodeError(f"compiled code in a layer: {', '.join(map(str, compiled))}")
    for models in (packages / "botocore" / "data", packages / "boto3" / "data"):
        for folder in models.iterdir():
            if folder.is_dir() and folder.name not in services:
                shutil.rmtree(folder)
    for needless in (packages / "bin", packages / "boto3" / "examples"):
        shutil.rmtree(needless, ignore_errors=True)
    for cache in list(packages.rglob("__pycache__")):
        shutil.rmtree(cache)
    for record in packages.glob("*.dist-info/RECORD"):
        record.unlink()


def compiled_files(packages: Path) -> set[Path]:
    """Return the shared libraries below ``packages``, versioned names (``.so.1``) included."""
    return {path for path in packages.rglob("*") if COMPILED.intersection(path.suffixes)}


def services_kept() -> frozenset[str]:
    """Return the services whose models the layer keeps, by botocore's names."""
    return frozenset(SERVICES.read_text(encoding="utf-8").split())


if __name__ == "__main__":
    prune(Path(sys.argv[1]), services_kept())
