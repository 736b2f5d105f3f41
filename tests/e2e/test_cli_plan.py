"""`dualhome plan` on the deployed stack."""

import json

from localcloud.client.environment import ACCOUNT
from tests.support.deployed.command import dualhome
from tests.support.deployed.stack import Item, Stack
from tests.support.deployed.world import OTHER_ZONE, World

READS = ("Describe", "Get", "List", "Query", "BatchGet")
"""How the actions begin that change nothing."""


def planned(stack: Stack, *words: str) -> list[Item]:
    """Return the rows of a plan."""
    rows: list[Item] = json.loads(dualhome(stack, "plan", *words, "-o", "json").stdout)
    return rows


def test_what_is_foretold_before_tagging_is_what_happens_after_it(
    stack: Stack, world: World
) -> None:
    """The same functions, over the same account: the very interface, at the very index."""
    target = world.target()
    for _ in range(5):
        target.interface()
    instance = world.launch_running()

    (row,) = planned(stack, instance, "--targets", f"{target.name}@2")
    world.tag(instance, targets=f"{target.name}@2")
    record = world.comes_to("attached", instance, target.name)

    assert ("attach", True) == (row["prospect"], row["good"])
    assert (row["interface"], row["device_index"]) == (record["interface"], 2)


def test_a_plan_makes_no_call_that_changes_anything(stack: Stack, world: World) -> None:
    """AWS's own log says so, and there is no record of the instance."""
    target = world.target()
    target.interface()
    instance = world.launch_running()
    last = stack.cloud.last_call()

    done = dualhome(stack, "plan", instance, "--targets", target.name, "--verbose")

    calls = [it for it in stack.cloud.calls(last) if it["principal"] == ACCOUNT]
    made = [(it["service"], it["action"]) for it in calls]
    assert 0 == done.returncode
    assert ("ec2", "DescribeNetworkInterfaces") in made
    assert [] == [call for call in made if not call[1].startswith(READS)]
    assert {} == stack.records(instance)


def test_a_rejected_interface_is_named_with_its_reason(stack: Stack, world: World) -> None:
    """Three in the pool, and none to be had: each for another reason."""
    target = world.target()
    elsewhere = target.interface(OTHER_ZONE)
    reserved = target.interface(reserved_for="another")
    instance = world.launch_running()

    (row,) = planned(stack, instance, "--targets", target.name)

    assert {elsewhere: "NO_INTERFACE_IN_ZONE", reserved: "RESERVED"} == {
        it["interface"]: it["reason"] for it in row["rejections"]
    }
    assert ("wait", "RESERVED") == (row["prospect"], row["reason"])


def test_a_group_is_planned_as_a_whole_and_nothing_is_promised_twice(
    stack: Stack, world: World
) -> None:
    """Two interfaces and three members: one must hear that it would wait."""
    target = world.target()
    interfaces = {target.interface(), target.interface()}
    world.launch_running(count=3, role=target.name)

    done = dualhome(
        stack,
        *("plan", "--targets", target.name, "-o", "json"),
        *("--tag", f"dualhome:role={target.name}", "--tag", "dualhome:role=none"),
    )

    rows = json.loads(done.stdout)
    assert 1 == done.returncode
    assert sorted(world.instances) == [row["instance"] for row in rows]
    assert interfaces == {row["interface"] for row in rows if row["prospect"] == "attach"}
    assert [2] == [row["promised"] for row in rows if row["prospect"] == "wait"]


def test_the_members_of_an_auto_scaling_group_are_planned(stack: Stack, world: World) -> None:
    """By the tag that Auto Scaling gives them: no permission for its API is needed."""
    target = world.target()
    interface = target.interface()
    world.launch_running(count=2)
    member, group = world.instances[0], world.named("web")
    stack.cloud.tag_as_aws(member, **{"aws:autoscaling:groupName": group})

    (row,) = planned(stack, "--asg", group, "--targets", target.name)

    assert (member, interface) == (row["instance"], row["interface"])


def test_an_auto_scaling_group_without_members_is_named(stack: Stack) -> None:
    """A slip in its name must not look like a plan without errors."""
    done = dualhome(stack, "plan", "--asg", "no-such-group")

    assert (1, "", "No instance matches.\n") == (done.returncode, done.stdout, done.stderr)


def test_what_is_attached_is_shown_after_few_calls(stack: Stack, world: World) -> None:
    """Each call takes a tenth of a second on AWS, and a person waits for the answer."""
    target = world.target()
    interface = target.interface()
    instance = world.launch(targets=target.name)
    world.comes_to("attached", instance, target.name)

    since = stack.cloud.last_call()
    done = dualhome(stack, "plan", instance)
    made = [it["action"] for it in stack.cloud.calls(since) if it["principal"] == ACCOUNT]

    assert 0 == done.returncode
    assert f"  {target.name}: attached: {interface} at index 1" in done.stdout.splitlines()
    assert 1 <= len(made) <= 8


def test_what_an_empty_tag_would_release_is_foretold(stack: Stack, world: World) -> None:
    """The breaker is read where it is, and has admitted no release lately."""
    target = world.target()
    interface = target.interface()
    instance = world.launch(targets=target.name)
    world.comes_to("attached", instance, target.name)

    (row,) = planned(stack, instance, "--targets", "")

    assert ("release", interface, False) == (row["prospect"], row["interface"], row["wanted"])
    assert "attached" == stack.records(instance)[target.name]["state"]
