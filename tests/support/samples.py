"""
Products of cases too long for every run: one sample of each seam here, the whole in ``make soak``.

Which one is chance, and the commit decides it: every run of a commit tries the same cases, and
the next commit tries others.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Hashable, Iterable
from random import Random
from typing import TypeVar

import pytest

from tests.support.readers.template import ROOT

Case = TypeVar("Case", bound=Hashable)

SEED = "DUALHOME_SEED"
"""The environment variable that repeats the choices, and the random mixture, of another commit."""

SEEDS = 1_000_000
FIXED = 1
"""Outside git there is no commit."""

_whole = False


def configure(config: pytest.Config) -> None:
    """Take the choice of the whole or of samples; let all workers draw from one seed."""
    global _whole  # noqa: PLW0603 - modules choose their cases when they are imported
    _whole = bool(config.getoption("--whole"))
    os.environ[SEED] = str(seed())


def seed() -> int:
    """Return the seed of the commit that is checked out, or the one that the environment names."""
    if named := os.environ.get(SEED):
        return int(named)
    git = shutil.which("git")
    if git is None:
        return FIXED
    shown = subprocess.run(
        [git, "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return FIXED if shown.returncode else int(shown.stdout.strip(), 16) % SEEDS


def sampled(cases: Iterable[Case], seam: Callable[[Case], Hashable]) -> list[Case]:
    """Return one case of each ``seam``, in their order; all of them where the whole is tried."""
    return list(cases) if _whole else one_of_each(cases, seam, seed())


def one_of_each(cases: Iterable[Case], seam: Callable[[Case], Hashable], number: int) -> list[Case]:
    """Return the case of each ``seam`` that the seed ``number`` chooses."""
    seams: dict[Hashable, list[Case]] = {}
    for case in cases:
        seams.setdefault(seam(case), []).append(case)
    chance = Random(number)  # noqa: S311 - the same choices each time
    return [chance.choice(found) for found in seams.values()]


def size(sample: int, whole: int) -> int:
    """Return how many there are of what is tried in masses."""
    return whole if _whole else sample


def header() -> str:
    """Say what the choices of this run rest on, and how to repeat them."""
    tried = "every case" if _whole else "one case of each seam"
    again = f"make soak SEED={seed()} MINUTES=0"
    return f"fault suite: {tried}, {SEED}={seed()}; its mixture again: {again}"
