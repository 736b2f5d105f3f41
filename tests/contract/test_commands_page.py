"""docs/commands.md is what the command's own help says."""

import pytest

from dualhome_cli.main import COMMANDS
from reference.page import BEGIN, PAGE, up_to_date
from tests.support.readers.template import ROOT


def test_the_page_is_what_help_says_today() -> None:
    """A reader tries it as it is; `make reference` brings it up to date."""
    page = PAGE.read_text(encoding="utf-8")

    assert up_to_date(page) == page


def test_every_command_is_on_the_page_and_in_the_order_of_help() -> None:
    """The test above compares something."""
    listed = [
        line.removeprefix("## dualhome ")
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("## dualhome ")
    ]

    assert [name for named in COMMANDS.values() for name in named] == listed


def test_help_that_has_changed_is_put_between_the_marks() -> None:
    """What people wrote around it stays."""
    page = PAGE.read_text(encoding="utf-8")
    stale = page.replace("Show what is attached where", "Show what stands where")

    assert stale != page
    assert page == up_to_date(stale)


def test_a_page_without_its_marks_is_refused() -> None:
    """It would never change again, unnoticed."""
    with pytest.raises(ValueError, match="lacks"):
        up_to_date(PAGE.read_text(encoding="utf-8").replace(BEGIN, ""))


def test_the_readme_leads_to_the_page() -> None:
    """A page without a link is not read."""
    assert "](docs/commands.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
