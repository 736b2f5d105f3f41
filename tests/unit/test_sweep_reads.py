"""What a sweep costs: reads of a number that is known beforehand."""

from collections import Counter

from dualhome.domain.attachment import Move, Origin
from dualhome.domain.identifiers import VpcId
from dualhome.domain.states import State
from tests.support.builders.values import (
    TRACE,
    a_primary,
    a_record,
    a_seen_attachment,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.scene import Scene, a_scene

MANY = 100
VPCS = {"mgmt": VpcId("vpc-0b"), "data": VpcId("vpc-0c")}
A_SWEEP = {
    "describe_fleet": 1,
    "describe_pools": 1,
    "describe_instances": 2,
    "describe_vpcs": 1,
    "attached": 2,
    "unsettled": 7,
    "recorded": 2,
    "claims": 3,
}
"""
Pages: of EC2's instances and pools; of each target's records, with their instances; of each state.
The VPCs, once for all of what is attached.

Claims and records are read by key, in the pools once each, for each target, and for who asks.
"""
CHECKPOINTS = {"read_round": 1, "write_round": 12, "read_pause": 1}
"""One after each page, and one at the end; the pause once a second."""


def test_as_many_instances_as_a_page_holds_cost_so_many_pages_and_no_more() -> None:
    """What each page costs of AWS's calls is shown where the adapters are tested."""
    scene = _fleet()

    report = Sweeper(scene, page=MANY).sweep()

    assert A_SWEEP | CHECKPOINTS | {"release": 1} == Counter(scene.calls.made)
    assert (MANY, {}, (), ()) == (
        report.instances,
        report.drifts,
        report.foreign_attachments,
        report.inconsistent_claims,
    )


def test_a_fleet_in_which_everything_drifted_costs_no_further_reads() -> None:
    """When most is wrong, EC2 and the ledger are busiest."""
    scene = _fleet()
    for number in range(MANY):
        scene.ec2.tag(f"i-{number:04}", {"dualhome:targets": "mgmt"})
        if number % 4 == 1:
            scene.ec2.tag(f"eni-{number:04}", {"dualhome:pool": None})
    sweeper = Sweeper(scene, most_releases=MANY, page=MANY)

    report = sweeper.sweep()

    assert A_SWEEP | CHECKPOINTS | {"release": 1, "put": 2} == Counter(scene.calls.made)
    assert MANY // 2 == report.releases == len({*sweeper.requested()})


def _fleet() -> Scene:
    """Return a deployment with many instances, half of them attached to each target."""
    scene = a_scene(a_vpc("vpc-0c", target="data"))
    for number in range(MANY):
        target = ("mgmt", "data")[number % 2]
        instance, interface = f"i-{number:04}", f"eni-{number:04}"
        seen = a_seen_attachment(interface, instance)
        record = a_record(
            State.ATTACHED,
            instance=instance,
            target=target,
            interface=seen.interface,
            vpc=VPCS[target],
            attachment_id=seen.id,
            origin=Origin.ADOPTED,
        )
        scene.ec2.add(
            an_interface(interface, pool=target, vpc=VPCS[target]),
            an_instance(instance, targets=target, attachments=(a_primary(instance), seen)),
        )
        scene.ledger.commit(Move(None, record), TRACE)
    scene.calls.forget()
    return scene
