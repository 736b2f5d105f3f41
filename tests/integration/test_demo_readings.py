"""What the demo reads: it waits, counts and times what is its own, and nothing else."""

import itertools
from datetime import UTC, datetime, timedelta

from demo.network import Host
from demo.shown import say
from demo.stage import Beginning, Chapter, Step
from demo.timing import Timing, timings
from demo.watch import names, same, until
from localcloud.client.control import ControlClient
from localcloud.client.ec2_calls import Calls, calls_since, looked_at

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")


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


def test_nothing_expected_and_nothing_seen_is_a_failure() -> None:
    """Comparing what is not there with what is not there would pass on a dead system."""
    assert not same("audit entries", "", "").met


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
    """The figures are about dualhome, not about the demo that tags instances."""
    counted = calls_since(RecordedCalls("http://127.0.0.1:1"), 0, "dualhome-")

    assert {"AttachNetworkInterface": 1} == dict(counted.writes)
    assert {"DescribeInstances": 1} == dict(counted.reads)


def test_a_reconciliation_counts_only_after_the_moment_asked_about() -> None:
    """An old look would make a duplicate event seem handled that is not."""
    cloud = RecordedCalls("http://127.0.0.1:1")

    assert looked_at(cloud, 1, "dualhome-", "i-1")
    assert not looked_at(cloud, 2, "dualhome-", "i-1")
    assert not looked_at(cloud, 0, "dualhome-", "i-2")


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
