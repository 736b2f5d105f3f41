"""Consent is the VPC's owner's, and may be withdrawn: on the deployed template, by its tags."""

import json

from tests.support.deployed.alarms import sweep
from tests.support.deployed.command import dualhome
from tests.support.deployed.events import Inbox
from tests.support.deployed.stack import Item
from tests.support.deployed.world import World

OTHER_ACCOUNT = "444455556666"
OTHERS = "vpc-0123456789abcdef0"


def test_consent_withdrawn_is_noted_and_its_return_too(world: World, inbox: Inbox) -> None:
    """Record, event and status tell it; the interface stays, since traffic depends on it."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance = world.launch(targets=mgmt.name)
    before = world.comes_to("attached", instance, mgmt.name)

    mgmt.tag(allow_from=OTHERS)
    warned = _after_sweep(world, instance, mgmt.name, ["CONSENT_WITHDRAWN"])
    status = dualhome(world.stack, "status", instance, "--attention", "-o", "json")
    mgmt.tag(**{"allow_from:2": world.app.vpc})
    again = _after_sweep(world, instance, mgmt.name, [])

    assert {before["attachment_id"]} == {it["attachment_id"] for it in (warned, again)}
    assert ("Sweep", (instance, mgmt.name)) == (
        warned["cause"]["detail_type"],
        world.stack.holder(interface),
    )
    (row,) = json.loads(status.stdout)
    assert (1, ["CONSENT_WITHDRAWN"]) == (status.returncode, row["warnings"])
    noted = world.until(lambda: _notes(inbox, instance, count=2))
    assert [["CONSENT_WITHDRAWN"], []] == noted


def test_a_doctor_names_what_is_attached_without_consent(world: World) -> None:
    """With the command that restores it, and the one that ends it."""
    mgmt = world.target()
    mgmt.interface()
    instance = world.launch(targets=mgmt.name)
    world.comes_to("attached", instance, mgmt.name)
    mgmt.tag(allow_from=OTHERS)

    found = json.loads(dualhome(world.stack, "doctor", "-o", "json").stdout)

    (said,) = (it for it in found if it["check"] == "consent" and instance in it["what"])
    assert ("warning", True) == (said["severity"], mgmt.vpc in said["what"])
    assert f"Key=dualhome:allow-from,Value={OTHERS} {world.app.vpc}" in said["remedy"]
    assert f"release {instance} --target {mgmt.name}" in said["remedy"]


def test_tags_on_a_shared_vpc_are_no_consent(world: World) -> None:
    """A member of it would write the consent of a network that is not its own."""
    mgmt = world.target()
    mgmt.interface()
    world.stack.cloud.show_vpc(mgmt.vpc, OwnerId=OTHER_ACCOUNT)

    instance = world.launch(targets=mgmt.name)

    record = world.comes_to("refused", instance, mgmt.name, reason="ACCOUNT_MISMATCH")
    assert f"{mgmt.vpc} belongs to account {OTHER_ACCOUNT}" in record["detail"]
    assert list(world.stack.attachments(instance)) == [0]


def test_a_vpc_that_names_two_targets_is_shown_to_an_instance_that_asks_for_one(
    world: World,
) -> None:
    """A person would look for a missing VPC, or a slip in the instance's tag."""
    mgmt, value = world.target(), f"{world.named('mgmt')} {world.named('data')}"
    mgmt.tag(target=value)
    mgmt.interface()

    instance = world.launch(targets=mgmt.name)

    record = world.comes_to("refused", instance, mgmt.name, reason="BAD_TAG")
    expected = f"{mgmt.vpc}: dualhome:target={value!r}: expected the name of one target"
    assert record["detail"].partition(" (")[0].endswith(expected)


def _after_sweep(world: World, instance: str, target: str, warnings: list[str]) -> Item:
    """Sweep, and wait until the record carries ``warnings``; it stays attached."""
    sweep(world.stack)
    world.until(lambda: world.stack.records(instance)[target]["warnings"] == warnings)
    return world.comes_to("attached", instance, target)


def _notes(inbox: Inbox, instance: str, count: int) -> list[list[str]]:
    """Return the warnings of the events that say `attached` to `attached`, once so many came."""
    moves = [it["detail"] for it in inbox.events(instance)]
    kept = [it for it in moves if it.get("from_state") == it["to_state"] == "attached"]
    return [it["after"]["warnings"] for it in kept] if len(kept) >= count else []
