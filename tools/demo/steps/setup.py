"""Before the first step: the stack, the network, and instances that ask for nothing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.command import Command
from demo.network import build, launch
from demo.picture import LEGEND, draw_network
from demo.recorder import EventRecorder
from demo.screen import Screen
from demo.stage import ROLES, STACK, Stage
from demo.watch import Expectation, same, until
from localcloud.client.deployment import Deployment
from localcloud.client.ec2_calls import described
from localcloud.client.lifecycle import LocalCloud

UNTAGGED = (("web-2", "app", 0), ("batch-1", "app", 2), ("guest-1", "guest", 0))
"""Name, VPC and number of the zone of the instances that run from the start."""


def set_stage(screen: Screen, cloud: LocalCloud, template: Path) -> Stage:
    """Deploy ``template``, and make the demo's network and instances."""
    screen.done(f"a local AWS at {cloud.endpoint}")
    with _timed(screen, f"{template.name} built and deployed with the SAM CLI"):
        stack = Deployment(cloud, cloud.deploy(template, STACK, {"ReleaseDelaySeconds": "1"}))
    with _timed(screen, "VPCs, pools of interfaces and three instances made"):
        network = build(stack.ec2, cloud.region)
        stage = Stage(stack, network, screen, Command(cloud, screen), EventRecorder(cloud))
        for name, vpc, zone in UNTAGGED:
            place = network.zones[zone]
            stage.hosts[name] = launch(stack.ec2, network, name=name, vpc=vpc, zone=place, tags={})
    screen.title(
        "The network",
        "Two targets with pools. data overlaps app, so its pool is in a second CIDR.",
    )
    screen.draw(draw_network(network, stage.hosts.values()), LEGEND)
    return stage


def untagged_instances(stage: Stage) -> list[Expectation]:
    """Expect that instances without a tag are reconciled, and that nothing is attached to them."""
    hosts = stage.hosts.values()

    def reconciled() -> int:
        return sum(described(stage.stack.cloud, 0, ROLES, host.id) for host in hosts)

    with stage.screen.waiting("waiting until each instance is reconciled"):
        seen = until(reconciled, lambda count: count == len(hosts))
    pools = stage.dualhome.ask("targets")
    attached = len(stage.dualhome.rows("status"))
    free = sum(
        len(subnet.pool) for vpc in stage.network.vpcs.values() for subnet in vpc.subnets.values()
    )
    expectations = [
        same("reconciled", _untagged(len(hosts)), _untagged(seen)),
        same("attached to them", "0 attachments", f"{attached} attachments"),
        same("free in the pools", str(free), str(sum(pool["free"] for pool in pools))),
    ]
    stage.screen.expectations(expectations)
    return expectations


def _untagged(count: int) -> str:
    return f"{count} untagged instances"


@contextmanager
def _timed(screen: Screen, what: str) -> Iterator[None]:
    began = time.monotonic()
    with screen.waiting(what):
        yield
    screen.done(f"{what} in {time.monotonic() - began:.1f} s")
