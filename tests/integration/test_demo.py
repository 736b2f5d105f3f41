"""The demo's screen: it must fail loudly, and be read at a glance on a narrow terminal."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from demo.command import Command, CommandError
from demo.network import PLAN, Host, Network, Subnet, Vpc
from demo.picture import draw_network
from demo.screen import Screen
from demo.watch import Expectation, same
from localcloud.client.lifecycle import LocalCloud
from localcloud.client.server_process import free_port

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")


LOGS = (Path("server.log"), Path("functions.log"))


class Paper:
    """A screen of a file's width, and what is on it."""

    def __init__(self, width: int = 80) -> None:
        """Start blank."""
        self._console = Console(file=io.StringIO(), width=width)
        self.screen = Screen(self._console)

    @property
    def lines(self) -> list[str]:
        """Everything printed so far."""
        file = self._console.file
        assert isinstance(file, io.StringIO)
        return file.getvalue().splitlines()

    def has(self, *words: str) -> bool:
        """Return whether a line holds all of ``words``."""
        return any(all(word in line for word in words) for line in self.lines)


def a_network() -> Network:
    """Return the story's network as if it had been made."""
    vpcs = {}
    for plan in PLAN:
        subnets = {}
        for zone, cidr in zip(ZONES, plan.subnets, strict=False):
            start = cidr.removesuffix("0/24")
            pool = (f"{start}10", f"{start}11") if plan.target else ()
            subnets[zone] = Subnet(f"subnet-{plan.name}-{zone}", cidr, pool)
        vpcs[plan.name] = Vpc(f"vpc-{plan.name}", plan, subnets)
    return Network(ZONES, vpcs)


def test_a_missed_expectation_fails_the_demo_and_says_what_was_seen() -> None:
    """The viewer of a failure must not have to search for what was wrong, nor for the logs."""
    paper = Paper()
    missed = same("device index", "1", "2")

    status = paper.screen.verdict([same("zone", "a", "a"), missed], 40.0, LOGS)

    assert status == 1
    assert paper.has("✗ device index", "expected 1", "seen 2")
    assert paper.has("1 of 2 expectations met")
    assert paper.has("functions.log")


def test_the_demo_succeeds_when_every_expectation_is_met() -> None:
    """A script can trust the exit code."""
    paper = Paper()

    status = paper.screen.verdict([same("zone", "a", "a")], 40.0, LOGS)

    assert status == 0
    assert paper.has("✓ 1 of 1 expectations met in 40 s")


def test_a_step_marks_what_it_did_not_see() -> None:
    """The step itself shows the failure, not only the end."""
    paper = Paper()

    paper.screen.expectations([same("record", "attached", ""), same("zone", "a", "a")])

    assert paper.has("✗ record", "expected attached, seen nothing")
    assert paper.has("✓ zone", "a")


def test_an_upper_bound_shows_the_bound_and_the_figure() -> None:
    """A tick beside a bound alone would hide how near it was."""
    paper = Paper()

    paper.screen.expectations([Expectation("writes", "at most 2", "6 for 3", met=True)])

    assert paper.has("✓ writes", "at most 2", "6 for 3")


def test_a_command_that_gets_no_answer_ends_the_story_with_its_own_sentence(
    tmp_path: Path,
) -> None:
    """A viewer of the demo sees what a user would see, not a traceback."""
    nowhere = LocalCloud(f"http://127.0.0.1:{free_port()}", tmp_path, "us-east-1")

    with pytest.raises(CommandError, match=r"dualhome status .*AWS cannot be reached"):
        Command(nowhere, Paper().screen).rows("status")


def test_an_answer_stands_beneath_its_command() -> None:
    """It looks as in the terminal of the operator who types it."""
    paper = Paper()

    paper.screen.command("dualhome status")
    paper.screen.answer("Nothing is attached.\n")

    assert ["", "  $ dualhome status", "  Nothing is attached."] == paper.lines


def test_the_picture_fits_80_columns_and_shows_who_is_where() -> None:
    """It is the first thing a network engineer looks at."""
    paper, network = Paper(80), a_network()
    hosts = [Host("web-2", "i-2", "app", ZONES[0]), Host("batch-1", "i-3", "app", ZONES[2])]

    paper.screen.draw(draw_network(network, hosts), "legend")

    assert paper.has("○ 100.64.1.10", "○ 100.64.2.10")
    assert paper.has("○ 10.1.1.11", "○ 10.1.2.11")
    assert paper.has("▪ web-2", "▪ batch-1")
    assert paper.has("overlaps app")
    assert max(map(len, paper.lines)) <= 80


def test_a_command_can_be_copied() -> None:
    """A shell goes on to the next line only if the backslash is the last character."""
    paper = Paper()

    paper.screen.command("aws ec2 create-tags \\", "--resources i-0123456789abcdef0 --tags x")

    assert "  $ aws ec2 create-tags \\" in paper.lines
    assert "      --resources i-0123456789abcdef0 --tags x" in paper.lines
