"""Where the page goes: a file is replaced whole, what is no file is written to."""

import os
from pathlib import Path
from stat import S_IMODE

import pytest

from dualhome_cli.report.html import write_page
from tests.support.scenarios.stack import InMemoryStack, run


def test_a_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    """It may be served by a web server, or be private to its owner."""
    file = tmp_path / "page.html"
    file.write_text("old")
    file.chmod(0o640)

    write_page(str(file), "new é")

    assert "new é" == file.read_text("utf-8")
    assert 0o640 == S_IMODE(file.stat().st_mode)
    assert [file] == list(tmp_path.iterdir())


def test_a_new_file_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    """A file for one's own eyes alone could not be sent to a colleague's directory."""
    (tmp_path / "other").touch()

    write_page(str(tmp_path / "page.html"), "new")

    assert (tmp_path / "other").stat().st_mode == (tmp_path / "page.html").stat().st_mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it leads to is replaced."""
    link, file = tmp_path / "latest.html", tmp_path / "page.html"
    link.symlink_to(file)

    write_page(str(link), "new")

    assert (True, "new") == (link.is_symlink(), file.read_text())


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    """Replaced by a file, its reader would wait for ever; and so for /dev/null."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    write_page(str(pipe), "new")

    assert (b"new", True) == (os.read(reader, 99), pipe.is_fifo())
    os.close(reader)


def test_a_page_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    """What was there before is still there, alone."""
    file = tmp_path / "page.html"
    file.write_text("old")

    with pytest.raises(UnicodeEncodeError):
        write_page(str(file), "half a sign: \ud800")

    assert "old" == file.read_text()
    assert [file] == list(tmp_path.iterdir())


def test_an_empty_name_is_wrong_usage() -> None:
    """A variable that was not set; nothing is read for it."""
    result = run(InMemoryStack(), "report", "--html", "")

    assert 2 == result.exit_code
    assert "give the name of a file, or -" in result.stderr
