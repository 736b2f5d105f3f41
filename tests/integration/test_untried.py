"""A test that is not tried is named in the end, and fails a machine that could try it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import untried
from tests.support.readers.template import ROOT

BROWSER = "tests/integration/test_report_browser.py"
LINE = f"13 of {BROWSER}: no Chromium"


def without_chromium(empty: Path, **variables: str) -> tuple[int, str]:
    """Run the browser's tests where there is none; return pytest's exit code, and what it said."""
    kept = {name: it for name, it in os.environ.items() if name not in variables}
    kept = {name: it for name, it in kept.items() if not name.startswith("DUALHOME_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", BROWSER, "-q", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=kept | {"PATH": str(empty)} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_what_was_not_tried_is_named_with_its_reason(tmp_path: Path) -> None:
    """A developer without a browser is not stopped, but knows."""
    code, said = without_chromium(tmp_path)

    assert 0 == code
    assert "= not tried =" in said
    assert LINE in said
    assert "13 skipped" in said.splitlines()[-1]


def test_where_all_can_be_tried_what_is_skipped_fails(tmp_path: Path) -> None:
    """Else a new machine of CI would prove nothing of the report, and be green."""
    code, said = without_chromium(tmp_path, **{untried.REQUIRE_ALL: "1"})

    assert 1 == code
    assert f"skipped, and {untried.REQUIRE_ALL} is set: no Chromium" in said
    assert "13 errors" in said.splitlines()[-1]


@pytest.mark.parametrize(
    ("reason", "platform", "expected"),
    [
        ("only Linux has a disk always full", "darwin", False),
        ("only Linux has a disk always full", "linux", True),
        ("no Chromium: install one", "darwin", True),
        ("no Python 3.9 with pip", "linux", False),
        ("only root may make network namespaces", "linux", False),
    ],
)
def test_what_another_system_or_user_cannot_have_is_not_asked_of_it(
    reason: str, platform: str, *, expected: bool
) -> None:
    """What can be installed is."""
    assert expected == untried.must_be_tried(reason, platform)
