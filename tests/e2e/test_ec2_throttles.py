"""EC2 throttles, or does not answer: nothing is undone, and it ends well."""

from collections.abc import Mapping

import pytest

from tests.support.deployed.calls import RECONCILER
from tests.support.deployed.ordered_faults import CLIENT_TRIES, Asking, moves
from tests.support.deployed.stack import Item, Stack
from tests.support.deployed.world import World

LOST = {"error_code": "InternalError", "after_execution": True}
THROTTLED = {"error_code": "RequestLimitExceeded"}

FAULTS: Mapping[str, Item] = {
    "one reply lost": LOST,
    "every reply lost": LOST | {"times": CLIENT_TRIES},
    "throttled": THROTTLED | {"times": 2 * CLIENT_TRIES + 1},
    # One try more than is waited for: a second event of the launch may take one up.
    "throttled for long": THROTTLED | {"times": 5 * CLIENT_TRIES},
    "never carried out": {"error_code": "Unavailable", "times": CLIENT_TRIES},
    "status not written": THROTTLED | {"times": 2 * CLIENT_TRIES, "action": "CreateTags"},
}
FAULT_SECONDS = 180


@pytest.fixture(scope="module")
def asking(stack: Stack) -> Mapping[str, Asking]:
    """One instance for each fault: each waits long, but none needs to wait for another."""
    askings = {case: Asking.launch(stack, interfaces=2) for case in FAULTS}
    for case, it in askings.items():
        it.ask(FAULTS[case])
    for it in askings.values():
        it.world.comes_to("attached", it.instance, it.mgmt.name, seconds=FAULT_SECONDS)
    return askings


def attached(asked: Asking) -> Item:
    """Make sure that there is one attachment, one claim, and never was another; return it."""
    world, instance = asked.world, asked.instance
    record = world.stack.records(instance)[asked.mgmt.name]
    shown = world.stack.attachments(instance)
    assert shown.keys() == {0, 1}
    assert shown[1] == (record["interface"], "attached")
    assert [one for one in asked.pool if world.stack.holder(one)] == [record["interface"]]
    assert all(one["interface"] == record["interface"] for one in world.stack.audit(instance))
    return record


@pytest.mark.parametrize("case", ["one reply lost", "every reply lost"])
def test_a_lost_reply_ends_in_exactly_one_attachment(
    asking: Mapping[str, Asking], case: str
) -> None:
    """The call has no token: what EC2 shows decides, not the error."""
    assert attached(asking[case])["attempt"] == 1


def test_a_throttled_attach_succeeds_in_the_end_and_the_audit_says_why_it_took_so_long(
    asking: Mapping[str, Asking],
) -> None:
    """Nothing is undone, no other interface is taken, and the noise is one entry."""
    it = asking["throttled"]

    attached(it)

    assert moves(it.world, it.instance) == [
        ("claimed", ""),
        ("claimed", "THROTTLED"),
        ("attaching", ""),
        ("attached", ""),
    ]


def test_an_attach_that_was_throttled_for_long_is_verified_as_soon_as_any(
    asking: Mapping[str, Asking],
) -> None:
    """The waits grow while EC2 refuses; once it has accepted, they begin anew."""
    it = asking["throttled for long"]

    attached(it)

    # The wait before a requeue grows with its attempt.
    attempts = it.world.stack.reconciliations(it.instance)
    assert max(attempts) >= 3
    assert attempts[-1] <= 1


def test_an_attach_that_ec2_never_carried_out_is_made_again(
    asking: Mapping[str, Asking],
) -> None:
    """EC2 was down for a moment: the claim is taken up when its owner must have given up."""
    assert attached(asking["never carried out"])["attempt"] == 1


@pytest.mark.parametrize(
    "action", ["DescribeInstances", "DescribeNetworkInterfaces", "DescribeVpcs"]
)
def test_a_read_that_is_throttled_is_made_again_later(world: World, action: str) -> None:
    """No message is lost when EC2 throttles."""
    mgmt = world.target()
    mgmt.interface()
    instance = world.launch_running()
    cloud, ours = world.stack.cloud, {"principal": world.stack.role(RECONCILER), "about": instance}
    refusal = {"do": "error", "code": "RequestLimitExceeded", "status": 503, "times": CLIENT_TRIES}

    (number,) = cloud.interrupt({"action": action} | refusal | ours)
    world.tag(instance, targets=mgmt.name)

    world.comes_to("attached", instance, mgmt.name)
    assert CLIENT_TRIES == cloud.call_off(number)[number]["done"]


def test_a_status_tag_that_cannot_be_written_now_is_written_later(
    asking: Mapping[str, Asking],
) -> None:
    """The message comes back, and finds what the ledger says by then."""
    it = asking["status not written"]

    interface = attached(it)["interface"]

    expected = f"{it.mgmt.name}=attached:{interface}@1"
    it.world.until(lambda: it.world.stack.tags(it.instance).get("dualhome-status") == expected)
