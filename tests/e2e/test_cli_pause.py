"""`dualhome pause` and `resume`, apart from all others, who would stand still."""

import json
from collections.abc import Iterator

import pytest

from tests.support.deployed.attachments import attached, refuse_detach, want_nothing
from tests.support.deployed.command import dualhome
from tests.support.deployed.events import Inbox
from tests.support.deployed.queue import send, state_change
from tests.support.deployed.stack import Item, Stack
from tests.support.deployed.waiting import stays
from tests.support.deployed.world import World

PAUSE = ("pause", "--yes", "--reason", "a tag policy went wrong")
RESUME = ("resume", "--yes", "--reason", "the tags are back")


@pytest.fixture
def own(apart: Stack) -> Iterator[Stack]:
    """A stack that may be paused: it is resumed when the test is over, however that ends."""
    yield apart
    dualhome(apart, *RESUME)


def last_update(stack: Stack) -> object:
    """Return when CloudFormation last changed the stack, and with which parameters."""
    found = stack.cloud.client("cloudformation").describe_stacks(StackName="dualhome")["Stacks"][0]
    return found.get("LastUpdatedTime"), found["Parameters"]


def executions(stack: Stack, instance: str) -> list[tuple[str, str]]:
    """Return name and status of the instance's rollbacks, the first one first."""
    pages = stack.cloud.client("stepfunctions").list_executions(
        stateMachineArn=stack.outputs["RollbackStateMachineArn"]
    )
    found = [(it["name"], it["status"]) for it in pages["executions"]]
    return sorted(it for it in found if instance in it[0])


def test_a_paused_stack_attaches_nothing_until_it_is_resumed(own: Stack) -> None:
    """What was wanted meanwhile is done afterwards, at once; each command may be given twice."""
    world, before = World(own), last_update(own)
    mgmt = world.target()
    mgmt.interface()

    paused = dualhome(own, *PAUSE)
    again = dualhome(own, *PAUSE)
    instance = world.launch(targets=mgmt.name)
    world.comes_to("waiting", instance, mgmt.name, reason="PAUSED")
    status = dualhome(own, "status")

    assert 0 == paused.returncode, paused.stdout + paused.stderr
    assert (0, True) == (again.returncode, "paused already, since" in again.stdout)
    assert "a tag policy went wrong" in again.stdout
    assert "a tag policy went wrong. Nothing is attached" in status.stderr
    assert stays(lambda: own.attachments(instance).keys() == {0}, seconds=2)

    resumed = dualhome(own, *RESUME)

    assert 0 == resumed.returncode, resumed.stdout + resumed.stderr
    world.comes_to("attached", instance, mgmt.name)
    assert before == last_update(own)


def test_a_pause_holds_what_is_attached_and_says_so(own: Stack) -> None:
    """A tag policy that went wrong is why people pause; the tag is put back meanwhile."""
    world = World(own)
    mgmt = world.target()
    mgmt.interface()
    instance, record = attached(world, mgmt)

    dualhome(own, *PAUSE)
    want_nothing(world, instance)
    world.comes_to("attached", instance, mgmt.name, reason="PAUSED")
    world.tag(instance, targets=mgmt.name)
    dualhome(own, *RESUME)
    send(own, state_change(instance))

    world.until(lambda: "reason" not in own.records(instance)[mgmt.name])
    assert own.attachments(instance)[1] == (record["interface"], "attached")


def test_a_rollback_that_meets_a_pause_ends_and_is_started_again(own: Stack) -> None:
    """It succeeds, and counts as no try; its record is released at once by the resume."""
    world = World(own)
    mgmt = world.target()
    mgmt.interface()
    instance, record = attached(world, mgmt)
    refuse_detach(world, record, error_code="RequestLimitExceeded", times=100_000)
    want_nothing(world, instance)
    world.comes_to("releasing", instance, mgmt.name)

    dualhome(own, *PAUSE)
    world.until(lambda: [status for _, status in executions(own, instance)] == ["SUCCEEDED"])
    own.cloud.clear_faults()
    send(own, state_change(instance))
    held = stays(lambda: len(executions(own, instance)) == 1, seconds=3)
    state = own.records(instance)[mgmt.name]["state"]
    resumed = dualhome(own, *RESUME)

    assert (True, "releasing") == (held, state)
    assert "Queued 1 instance that" in resumed.stdout
    world.comes_to("released", instance, mgmt.name)
    world.until(lambda: executions(own, instance)[-1][1] == "SUCCEEDED")
    assert [True, False] == [name.endswith("-try2") for name, _ in executions(own, instance)[::-1]]


def test_a_pause_is_audited_published_and_counted_for_the_alarm(own: Stack) -> None:
    """Who, when and why: in the history among the moves, on the bus, and as a metric at once."""
    inbox = Inbox.subscribe(own)
    world = World(own)
    dualhome(own, *RESUME)

    dualhome(own, *PAUSE)
    world.until(lambda: [it["after"]["paused"] for it in inbox.pauses()][-1:] == [True])
    dualhome(own, *RESUME)
    world.until(lambda: [it["after"]["paused"] for it in inbox.pauses()][-1:] == [False])
    history = dualhome(own, "history", "--since", "1h", "-o", "json")

    first, second = inbox.pauses()[-2:]
    assert first["after"] == second["before"]
    assert ("a tag policy went wrong", True) == (first["after"]["reason"], first["proven"])
    shown = [it for it in json.loads(history.stdout) if it["id"] in {first["id"], second["id"]}]
    assert [(True, first["after"]["by"]), (False, second["after"]["by"])] == [
        (it["paused"], it["by"]) for it in shown
    ]
    assert {"PAUSE#" + first["after"]["user_id"]} == {it["pk"] for it in pauses_of(own)}
    world.until(lambda: {0, 1} <= set(paused_counts(own)))


def pauses_of(stack: Stack) -> list[Item]:
    """Return the audit items of pauses."""
    return [it for it in stack.items() if it["pk"].startswith("PAUSE#")]


def paused_counts(stack: Stack) -> list[int]:
    """Return what the publisher has counted as the metric ``Paused``."""
    lines = (it for it in stack.log_lines("publish-changes") if '"Paused":[' in it)
    return [int(json.loads(it[it.index("{") :])["Paused"][0]) for it in lines]


def test_nothing_is_retried_or_released_while_the_stack_is_paused(own: Stack) -> None:
    """The refusal says what to do first."""
    dualhome(own, *PAUSE)

    answers = [
        dualhome(own, command, "i-0123456789abcdef0", "--yes") for command in ("retry", "release")
    ]

    assert [1, 1] == [answer.returncode for answer in answers]
    assert all("dualhome resume" in answer.stderr for answer in answers)
