"""An interface that EC2 deletes with its instance, on the deployed stack."""

import json

from tests.support.deployed.command import dualhome
from tests.support.deployed.world import World


def test_an_adopted_interface_that_ec2_will_delete_is_warned_of_and_not_shown_as_returned(
    world: World,
) -> None:
    """Its pool loses it; the command that would have kept it was printed before."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance = world.launch_running()
    attachment = world.attach_by_hand(instance, interface)
    world.stack.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=interface,
        Attachment={"AttachmentId": attachment, "DeleteOnTermination": True},
    )

    world.tag(instance, targets=mgmt.name)
    record = world.comes_to("attached", instance, mgmt.name)

    assert ["DELETE_ON_TERMINATION"] == record["warnings"]
    keep = f"--network-interface-id {interface} --attachment AttachmentId={attachment}"
    shown = json.loads(dualhome(world.stack, "status", instance, "-o", "json").stdout)
    found = json.loads(dualhome(world.stack, "doctor", "-o", "json").stdout)
    assert keep in shown[0]["warning_advice"][0]
    (ours,) = [it for it in found if it["check"] == "deletions" and instance in it["instances"]]
    assert ([interface], True) == (ours["interfaces"], keep in ours["remedy"])

    world.stack.ec2.terminate_instances(InstanceIds=[instance])
    ended = world.comes_to("released", instance, mgmt.name)

    assert "DELETED_WITH_INSTANCE" == ended["reason"]
    story = dualhome(world.stack, "history", instance, "-o", "json").stdout
    assert f"Lost {interface} at device index 1." in json.loads(story)[-1]["story"]
