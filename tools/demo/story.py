"""The steps (a) to (d): what the user does, and what should follow."""

from demo import commands
from demo.endings import Want, expect_attached, expect_refused
from demo.network import launch
from demo.stage import Chapter, Stage, Step
from dualhome.domain.reasons import Reason


def launched_with_the_tag(stage: Stage) -> Chapter:
    """Step (a)."""
    zone = stage.network.zones[1]
    stage.screen.title(
        "(a) Launched with the tag",
        f"web-1, in {zone}, gets an interface of that zone at the lowest free index.",
    )
    stage.screen.command(*commands.run_instances(stage.network, "app", zone, "mgmt"))
    beginning = stage.begin()
    tags = {"dualhome:targets": "mgmt"}
    host = launch(stage.facts.ec2, stage.network, name="web-1", vpc="app", zone=zone, tags=tags)
    stage.hosts[host.name] = host
    return expect_attached(stage, Step("a", host, beginning), [Want("mgmt", 1)])


def tagged_later(stage: Stage) -> Chapter:
    """Step (b)."""
    stage.screen.title(
        "(b) Tagged later: two targets, one of them pinned",
        "web-2 runs already. mgmt gets the lowest free index, data the pinned one.",
    )
    step = _tag(stage, "b", "web-2", "mgmt data@2")
    wants = [Want("mgmt", 1), Want("data", 2, Reason.OVERLAPPING_CIDR)]
    return expect_attached(stage, step, wants)


def no_pool_in_its_zone(stage: Stage) -> Chapter:
    """Step (c)."""
    stage.screen.title(
        "(c) No pool in its zone",
        "batch-1 is where mgmt has no interface: it is told which zones have some.",
    )
    step = _tag(stage, "c", "batch-1", "mgmt")
    zones = stage.network.vpcs["mgmt"].subnets
    told = [("zone with a pool", zone) for zone in zones]
    return expect_refused(stage, step, Reason.NO_INTERFACE_IN_ZONE, told)


def vpc_not_admitted(stage: Stage) -> Chapter:
    """Step (d)."""
    stage.screen.title(
        "(d) A VPC that the target does not admit",
        "guest-1 is told which tag the owner of VPC mgmt would set to let it in.",
    )
    step = _tag(stage, "d", "guest-1", "mgmt")
    vpcs = stage.network.vpcs
    told = [
        ("tag to set", "dualhome:allow-from"),
        ("  on VPC mgmt", vpcs["mgmt"].id),
        ("  to admit guest", vpcs["guest"].id),
    ]
    return expect_refused(stage, step, Reason.NOT_ALLOWED, told)


def _tag(stage: Stage, letter: str, name: str, targets: str) -> Step:
    host = stage.hosts[name]
    stage.screen.command(*commands.create_tags(host, targets))
    beginning = stage.begin()
    stage.facts.ec2.create_tags(
        Resources=[host.id], Tags=[{"Key": "dualhome:targets", "Value": targets}]
    )
    return Step(letter, host, beginning)
