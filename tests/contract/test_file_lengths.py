"""Files stay short enough to be read at one sitting."""

import subprocess

from tests.support.template import ROOT

MOST_LINES = 200


def test_no_python_file_is_over_200_lines() -> None:
    """A file that outgrows it holds two subjects; tests are read as often as what they test."""
    listed = subprocess.run(
        ["git", "ls-files", "*.py"],  # noqa: S607 - the git of whoever has a checkout
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    lengths = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in listed}

    assert "tests/contract/test_docs.py" in lengths
    assert {} == {name: lines for name, lines in lengths.items() if lines > MOST_LINES}
