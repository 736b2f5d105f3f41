"""The steps (a) to (d): what the user does, and what should follow."""

from demo import commands
from demo.network import launch
from demo.stage import Stage, Step, StepResult
from demo.steps.outcomes import Want, by_target, expect_attached, expect_refused
from dualhome.domain.reasons import Reason


def launched_with_the_tag(stage: Stage) -> StepResult:
    """Step (a)."""
    zone = stage.network.zones[1]
    stage.screen.title(
        "(a) Launched with the tag",
        f"web-1, in {zone}, gets an interface of that zone at the lowest free index.",
    )
    stage.screen.command(*commands.run_instances(stage.network, "app", zone, "mgmt"))
    beginning = stage.begin()
    tags = {"dualhome:targets": "mgmt"}
    host = launch(stage.stack.ec2, stage.network, name="web-1", vpc="app", zone=zone, tags=tags)
    stage.hosts[host.name] = host
    return expect_attached(stage, Step("a", host, beginning), [Want("mgmt", 1)])


def tagged_later(stage: Stage) -> StepResult:
    """Step (b)."""
    stage.screen.title(
        "(b) Tagged later: two targets, one of them pinned",
        "web-2 runs already. What would it get? Nothing is changed by asking.",
    )
    value, host = "mgmt data@2", stage.hosts["web-2"]
    plan = by_target(stage.dualhome.ask("plan", host.id, "--targets", value))
    planned = {name: row["interface"] or "" for name, row in plan.items()}
    step = stage.tag("b", host, value)
    wants = [
        Want("mgmt", 1, planned=planned.get("mgmt", "")),
        Want("data", 2, Reason.OVERLAPPING_CIDR, planned.get("data", "")),
    ]
    return expect_attached(stage, step, wants)


def no_pool_in_its_zone(stage: Stage) -> StepResult:
    """Step (c)."""
    stage.screen.title(
        "(c) No pool in its zone",
        "In the zone of batch-1 mgmt has no interface: the plan lists the zones that have some.",
    )
    step = stage.tag("c", stage.hosts["batch-1"], "mgmt")
    zones = stage.network.vpcs["mgmt"].subnets
    mentioned = [("zone with a pool", zone) for zone in zones]
    return expect_refused(stage, step, Reason.NO_INTERFACE_IN_ZONE, mentioned)


def vpc_not_admitted(stage: Stage) -> StepResult:
    """Step (d)."""
    stage.screen.title(
        "(d) A VPC that the target does not admit",
        "The plan for guest-1 names the tag by which the owner of VPC mgmt would admit it.",
    )
    step = stage.tag("d", stage.hosts["guest-1"], "mgmt")
    vpcs = stage.network.vpcs
    mentioned = [
        ("tag to set", "dualhome:allow-from"),
        ("  on VPC mgmt", vpcs["mgmt"].id),
        ("  to admit guest", vpcs["guest"].id),
    ]
    return expect_refused(stage, step, Reason.NOT_ALLOWED, mentioned)
