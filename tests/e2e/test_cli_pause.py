"""`dualhome pause` and `resume`, apart from all others, who would stand still."""

from collections.abc import Iterator

import pytest

from tests.support.deployed.command import dualhome
from tests.support.deployed.queue import send, state_change
from tests.support.deployed.stack import Stack
from tests.support.deployed.waiting import stays
from tests.support.deployed.world import World


@pytest.fixture
def own(apart: Stack) -> Iterator[Stack]:
    """A stack that may be paused: it is resumed when the test is over, however that ends."""
    yield apart
    if parameters_of(apart)["Paused"] == "true":
        dualhome(apart, "resume", "--yes")


def parameters_of(stack: Stack) -> dict[str, str]:
    """Return what CloudFormation says."""
    found = stack.cloud.client("cloudformation").describe_stacks(StackName="dualhome")["Stacks"]
    return {it["ParameterKey"]: it["ParameterValue"] for it in found[0]["Parameters"]}


def test_a_paused_stack_attaches_nothing_until_it_is_resumed(own: Stack) -> None:
    """What was wanted meanwhile is done afterwards; each command may be given twice."""
    world = World(own)
    mgmt = world.target()
    mgmt.interface()
    parameters = parameters_of(own)

    paused = dualhome(own, "pause", "--yes")
    again = dualhome(own, "pause")
    instance = world.launch(targets=mgmt.name)
    world.comes_to("waiting", instance, mgmt.name, reason="PAUSED")

    assert 0 == paused.returncode, paused.stdout + paused.stderr
    assert paused.stdout.endswith("Stack dualhome is paused.\n")
    assert "ReconcileInstancesFunction  UPDATE_COMPLETE" in paused.stdout
    assert (0, True) == (again.returncode, "paused already" in again.stdout)
    assert parameters | {"Paused": "true"} == parameters_of(own)
    assert stays(lambda: own.attachments(instance).keys() == {0}, seconds=2)

    resumed = dualhome(own, "resume", "--yes")
    send(own, state_change(instance))

    assert 0 == resumed.returncode, resumed.stdout + resumed.stderr
    assert resumed.stdout.endswith("Stack dualhome is not paused.\n")
    world.comes_to("attached", instance, mgmt.name)
    assert parameters == parameters_of(own)


def test_nothing_is_retried_or_released_while_the_stack_is_paused(own: Stack) -> None:
    """The refusal says what to do first."""
    dualhome(own, "pause", "--yes")

    answers = [
        dualhome(own, command, "i-0123456789abcdef0", "--yes") for command in ("retry", "release")
    ]

    dualhome(own, "resume", "--yes")
    assert [1, 1] == [answer.returncode for answer in answers]
    assert all("dualhome resume" in answer.stderr for answer in answers)
