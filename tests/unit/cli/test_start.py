"""The command before it does anything: its names, its help, and what that costs."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from dualhome_cli import __version__
from dualhome_cli.main import COMMANDS, dualhome

NAMES = [name for named in COMMANDS.values() for name in named]
SLOW = ("boto3", "botocore", "cattrs", "dualhome.domain", "rich")
LIST_MODULES = """
import sys
from dualhome_cli.main import dualhome
dualhome({words}, standalone_mode=False)
print("modules:", *sys.modules)
"""


def modules_after(*words: str) -> set[str]:
    """Return the modules that a process has imported once it has said its help."""
    script = LIST_MODULES.format(words=list(words))
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.rpartition("modules:")[2].split())


def test_help_imports_neither_boto3_nor_rich_nor_the_product() -> None:
    """Who asks for help, or presses Tab, does not wait; the import of boto3 takes most of it."""
    modules = modules_after("--help")

    assert "click" in modules
    assert set() == modules & set(SLOW)


def test_a_commands_own_help_does_import_them() -> None:
    """The test above would see them."""
    assert set(SLOW) <= modules_after("status", "--help")


@pytest.mark.parametrize("name", NAMES)
def test_each_command_has_a_name_in_help_and_help_of_its_own(name: str) -> None:
    """A command that cannot be found or explained is not used; examples are copied."""
    short, own = (CliRunner().invoke(dualhome, words) for words in (["-h"], [name, "--help"]))

    assert f"\n  {name} " in short.output
    assert 0 == own.exit_code
    assert f"dualhome {name}" in own.output.partition("Examples:")[2]


@pytest.mark.parametrize("name", NAMES)
def test_a_commands_help_begins_with_what_it_does(name: str) -> None:
    """One sentence must do for an operator in a hurry."""
    with dualhome.make_context("dualhome", [name]) as context:
        command = dualhome.get_command(context, name)

    assert command is not None
    assert (command.help or "").partition("\n\n")[0].strip().endswith(".")


def test_a_name_that_does_not_exist_is_wrong_usage() -> None:
    """Scripts tell their own slips from AWS's."""
    result = CliRunner().invoke(dualhome, ["stauts"])

    assert 2 == result.exit_code
    assert "No such command 'stauts'" in result.stderr


def test_the_version_is_said() -> None:
    """The first thing that a report of a defect needs."""
    assert f"dualhome {__version__}\n" == CliRunner().invoke(dualhome, ["--version"]).stdout


def test_names_complete_without_importing_the_commands() -> None:
    """A Tab costs no more than help does."""
    environment = {
        "_DUALHOME_COMPLETE": "bash_complete",
        "COMP_WORDS": "dualhome re",
        "COMP_CWORD": "1",
    }

    result = CliRunner().invoke(dualhome, env=environment, prog_name="dualhome")

    assert {"plain,report", "plain,retry", "plain,release", "plain,resume", "plain,redrive"} == set(
        result.stdout.split()
    )
