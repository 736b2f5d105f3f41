"""The private parts of ministack and moto are where `patches/internals.py` expects them."""

import subprocess
import sys

import pytest

from localcloud.patches import internals


def test_nothing_private_has_moved() -> None:
    """After an upgrade of ministack or moto, each sentence says what to look at."""
    # In a process of its own: importing ministack starts threads and reads the environment.
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "from localcloud.patches import internals; print(*internals.moved(), sep='\\n')",
        ],
        check=True,
        capture_output=True,
        text=True,
        cwd="tools",
    )

    assert found.stdout.strip() == ""


def test_a_moved_name_is_reported_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader of the report has just changed a version number and knows nothing else."""
    monkeypatch.setattr(internals, "NAMES", {"json": {"dumps", "dump_all"}})
    monkeypatch.setattr(internals, "PINNED", {"moto": "0.1"})

    version, name = internals.moved()

    assert version.endswith("but patches/internals.py was written for 0.1.")
    assert name == "json.dump_all is gone, which localcloud relies on."


def test_an_unlisted_name_cannot_be_used() -> None:
    """Else the list would be incomplete and the test above worth little."""
    with pytest.raises(KeyError):
        internals.original(internals.APP, "main")
