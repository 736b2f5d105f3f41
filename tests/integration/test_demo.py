"""The demo's pieces: it must fail loudly, and be read at a glance on a narrow terminal."""

import io
import itertools
from pathlib import Path

from rich.console import Console

from demo.calls import calls_since, looked_at
from demo.network import PLAN, Host, Network, Subnet, Vpc
from demo.picture import draw_network
from demo.screen import Screen
from demo.watch import Expectation, names, same, until
from localcloud.control_client import ControlClient

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
    numbers = itertools.count()
    vpcs = {}
    for plan in PLAN:
        subnets = {}
        for zone, cidr in zip(ZONES, plan.subnets, strict=False):
            start = cidr.removesuffix("0/24")
            addresses = (f"{start}10", f"{start}11") if plan.target else ()
            pool = {f"eni-{next(numbers)}": address for address in addresses}
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


def test_the_picture_fits_80_columns_and_says_who_holds_an_interface() -> None:
    """It is the first and the last thing a network engineer looks at."""
    paper, network = Paper(80), a_network()
    hosts = [Host("web-2", "i-2", "app", ZONES[0]), Host("batch-1", "i-3", "app", ZONES[2])]
    held = {
        interface: f"web-{number} @2"
        for number, subnet in enumerate(network.vpcs["data"].subnets.values())
        for interface in subnet.pool
    }

    paper.screen.draw(draw_network(network, hosts, held), "legend")

    assert paper.has("● 100.64.1.10 web-0 @2", "● 100.64.2.10 web-1 @2")
    assert paper.has("○ 10.1.1.10", "○ 10.1.2.10")
    assert paper.has("▪ web-2", "▪ batch-1")
    assert paper.has("overlaps app")
    assert max(map(len, paper.lines)) <= 80


def test_a_command_can_be_copied() -> None:
    """A shell goes on to the next line only if the backslash is the last character."""
    paper = Paper()

    paper.screen.command("aws ec2 create-tags \\", "--resources i-0123456789abcdef0 --tags x")

    assert "  $ aws ec2 create-tags \\" in paper.lines
    assert "      --resources i-0123456789abcdef0 --tags x" in paper.lines
