"""The demo's pieces: it must fail loudly, and be read at a glance on a narrow terminal."""

import io
import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from demo.ask import Command, CommandError
from demo.calls import Calls, calls_since, looked_at
from demo.network import PLAN, Host, Network, Subnet, Vpc
from demo.picture import draw_network
from demo.screen import Screen
from demo.shown import say
from demo.stage import Beginning, Chapter, Step
from demo.timing import Timing, timings
from demo.watch import Expectation, names, same, until
from localcloud.control_client import ControlClient
from localcloud.lifecycle import LocalCloud
from localcloud.server_process import free_port

LOGS = (Path("server.log"), Path("functions.log"))
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")


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


class RecordedCalls(ControlClient):
    """A call log of what a test says was called."""

    def calls(self, since: int = 0) -> list[dict[str, object]]:
        """Return the calls numbered above ``since``."""
        user, role = "111122223333", "dualhome-ReconcileInstancesRole-1"
        made = [
            (user, "ec2", "CreateTags", True),
            (role, "ec2", "DescribeInstances", False),
            (role, "dynamodb", "TransactWriteItems", True),
            (role, "ec2", "AttachNetworkInterface", True),
            ("another-stack-Role-1", "ec2", "AttachNetworkInterface", True),
        ]
        names = ("principal", "service", "action", "mutating")
        numbered = [
            dict(zip(names, call, strict=True)) | {"seq": seq, "resources": ["i-1"]}
            for seq, call in enumerate(made, 1)
        ]
        return [call for call in numbered if int(str(call["seq"])) > since]


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
    """Whoever sees red must not have to look for what was wrong, nor for the logs."""
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


def test_nothing_expected_and_nothing_seen_is_a_failure() -> None:
    """Comparing what is not there with what is not there would pass on a dead system."""
    assert not same("audit entries", "", "").met


def test_an_upper_bound_shows_the_bound_and_the_figure() -> None:
    """A tick beside a bound alone would hide how near it was."""
    paper = Paper()

    paper.screen.expectations([Expectation("writes", "at most 2", "6 for 3", met=True)])

    assert paper.has("✓ writes", "at most 2", "6 for 3")


def test_a_text_that_does_not_name_what_it_should_is_shown_whole() -> None:
    """What was said instead is the best hint there is."""
    silent, wrong = names("zone", "us-east-1a", ""), names("zone", "us-east-1a", "no zone")

    assert (silent.met, silent.seen) == (False, "nothing")
    assert (wrong.met, wrong.seen) == (False, "no zone")
    assert names("zone", "us-east-1a", "only us-east-1a").met


def test_waiting_ends_with_the_last_reading_when_the_deadline_passes() -> None:
    """What is there then is compared with what was expected: a hang becomes a red line."""
    readings = itertools.chain(["claimed"], itertools.repeat("attaching"))

    assert until(lambda: next(readings), lambda it: it == "attached", 0.2) == "attaching"


def test_waiting_ends_with_the_first_good_reading() -> None:
    """A step takes as long as it takes, no longer."""
    readings = iter(["claimed", "attached"])

    assert until(lambda: next(readings), lambda it: it == "attached", 5.0) == "attached"


def test_only_calls_of_the_stack_s_own_roles_to_ec2_are_counted() -> None:
    """The figures are about dualhome, not about whoever tags instances in the demo."""
    counted = calls_since(RecordedCalls("http://127.0.0.1:1"), 0, "dualhome")

    assert {"AttachNetworkInterface": 1} == dict(counted.writes)
    assert {"DescribeInstances": 1} == dict(counted.reads)


def test_a_look_counts_only_after_the_moment_asked_about() -> None:
    """An old look would make a duplicate event seem handled that is not."""
    cloud = RecordedCalls("http://127.0.0.1:1")

    assert looked_at(cloud, 1, "dualhome", "i-1")
    assert not looked_at(cloud, 2, "dualhome", "i-1")
    assert not looked_at(cloud, 0, "dualhome", "i-2")


def test_tags_say_it_only_when_those_of_the_interfaces_do_too() -> None:
    """Tags are written one after the other; the story goes on when the last is there."""
    both = "data=released mgmt=attached:eni-1@1"
    wanted = {"data": "released", "mgmt": "attached"}

    assert say({"i-1": both, "eni-1": both}, "i-1", wanted)
    assert not say({"i-1": both, "eni-1": "mgmt=attaching:eni-1@1"}, "i-1", wanted)
    assert not say({"i-1": both, "eni-1": both}, "i-1", {"mgmt": "attached"})
    assert not say({}, "i-1", wanted)


def test_a_step_is_timed_by_the_moves_of_its_own_instance_and_time() -> None:
    """The same instance is in several steps, and others move meanwhile."""
    host, at = Host("web-2", "i-2", "app", ZONES[0]), datetime(2026, 11, 22, tzinfo=UTC)
    step = Step("f", host, Beginning(at, 0))
    chapter = Chapter(step, at + timedelta(seconds=9), (), Calls())
    moves = [
        {"instance": instance, "target": "data", "to_state": state, "at": (at + after).isoformat()}
        for instance, state, after in (
            ("i-2", "attached", timedelta(seconds=-1)),
            ("i-2", "releasing", timedelta(seconds=0.5)),
            ("i-1", "claimed", timedelta(seconds=1)),
            ("i-2", "released", timedelta(seconds=4)),
            ("i-2", "claimed", timedelta(seconds=10)),
        )
    ]

    assert [Timing("data", "released", 0.5, 4.0)] == timings(chapter, moves)


def test_a_command_that_gets_no_answer_ends_the_story_with_its_own_sentence(
    tmp_path: Path,
) -> None:
    """Whoever runs the demo sees what a user would see, not a traceback."""
    nowhere = LocalCloud(f"http://127.0.0.1:{free_port()}", tmp_path, "us-east-1")

    with pytest.raises(CommandError, match=r"dualhome status .*AWS cannot be reached"):
        Command(nowhere, Paper().screen).rows("status")


def test_an_answer_stands_beneath_its_command() -> None:
    """It looks as in the terminal of whoever types it."""
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
