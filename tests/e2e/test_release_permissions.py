"""A release with IAM policies enforced: each step can do its work, and nothing else."""

import pytest

from tests.support.deployed.attachments import attached, refuse_detach, want_nothing
from tests.support.deployed.calls import RECONCILER, Calls
from tests.support.deployed.probe import DENIALS, Probe
from tests.support.deployed.stack import Item, Stack
from tests.support.deployed.world import World
from tests.support.readers import template

DETACH, CHECK, CLOSE, MARK_STUCK = STEPS = [
    "DetachInterfaceRole",
    "CheckDetachedRole",
    "CloseAttachmentRole",
    "MarkStuckRole",
]
DONE_BY_LAMBDA = {"logs:CreateLogStream", "logs:PutLogEvents"}

# The actions that IAM asks about for a call of another name; only a settled record deletes.
AUTHORIZED_AS = {
    "dynamodb:TransactWriteItems": {"dynamodb:PutItem"},
    "sqs:SendMessageBatch": {"sqs:SendMessage"},
}


@pytest.fixture(scope="module")
def calls(guarded: Stack) -> dict[str, list[Item]]:
    """Release one attachment for another to be served, and let one end stuck."""
    world, calls = World(guarded), Calls.from_now(guarded)
    mgmt = world.target()
    mgmt.interface()
    first, _ = attached(world, mgmt)
    second = world.launch(targets=mgmt.name)
    world.comes_to("waiting", second, mgmt.name)
    want_nothing(world, first)
    world.comes_to("released", first, mgmt.name)
    record = world.comes_to("attached", second, mgmt.name)
    refuse_detach(world, record, error_code="OperationNotPermitted")
    want_nothing(world, second)
    world.comes_to("stuck", second, mgmt.name)
    return {role: world.ours(calls.of(role)) for role in (RECONCILER, *STEPS)}


@pytest.mark.parametrize("role", [RECONCILER, *STEPS])
def test_no_call_of_a_release_is_denied(calls: dict[str, list[Item]], role: str) -> None:
    """A permission that is missing from the template shows here, not in an account."""
    assert calls[role]
    assert [] == [it for it in calls[role] if it["outcome"] in DENIALS]


@pytest.mark.parametrize("role", STEPS)
def test_every_action_granted_to_a_step_is_used(calls: dict[str, list[Item]], role: str) -> None:
    """A permission without a use invites abuse."""
    granted = {
        action
        for statement in template.statements(template.resources("IAM::Role")[role])
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    }

    made = {f"{it['service']}:{it['action']}" for it in calls[role]}
    asked_about = {action for call in made for action in AUTHORIZED_AS.get(call, {call})}
    frees_claims = {"dynamodb:DeleteItem"} if role == CLOSE else set()
    assert asked_about | frees_claims | DONE_BY_LAMBDA == granted


def test_the_reconciler_may_start_rollbacks(calls: dict[str, list[Item]]) -> None:
    """The action that releases need of it, and that no other story uses."""
    started = [it for it in calls[RECONCILER] if it["action"] == "StartExecution"]

    assert {"ok"} == {it["outcome"] for it in started}


@pytest.fixture(scope="module")
def detacher(guarded: Stack) -> Probe:
    """Call with the role of the step that detaches."""
    return Probe.with_role_of(guarded, "DetachInterfaceFunction")


@pytest.mark.parametrize(
    ("pooled", "answer"), [(True, "ok"), (False, "UnauthorizedOperation")], ids=["pool", "no pool"]
)
def test_what_is_in_a_pool_may_be_detached_from_any_instance_and_nothing_else(
    guarded: Stack, detacher: Probe, *, pooled: bool, answer: str
) -> None:
    """The instance's tag may be gone; the interface's owner has agreed by the pool tag."""
    world = World(guarded)
    mgmt = world.target(allow_from="")
    interface = mgmt.interface() if pooled else mgmt.interface(pool="")
    instance = world.launch_running()
    attachment = world.attach_by_hand(instance, interface)

    assert answer == detacher.ask("ec2", "detach_network_interface", AttachmentId=attachment)


def test_who_detaches_cannot_attach(guarded: Stack, detacher: Probe) -> None:
    """Taking back is all that a rollback is for."""
    world = World(guarded)
    mgmt = world.target(allow_from="")
    interface = mgmt.interface()

    assert "UnauthorizedOperation" == detacher.ask(
        "ec2",
        "attach_network_interface",
        InstanceId=world.launch_running(targets=mgmt.name),
        NetworkInterfaceId=interface,
        DeviceIndex=1,
    )


def test_who_marks_an_attachment_stuck_cannot_free_its_interface(guarded: Stack) -> None:
    """The claim is what keeps others from an interface that is still attached."""
    prober = Probe.with_role_of(guarded, "MarkStuckFunction")
    key = {"pk": {"S": "INTERFACE#eni-1"}, "sk": {"S": "CLAIM"}}
    table = guarded.outputs["AttachmentsTableName"]

    assert prober.ask("dynamodb", "delete_item", TableName=table, Key=key) in DENIALS


def test_an_interface_taken_from_its_pool_while_attached_ends_stuck_and_says_why(
    guarded: Stack,
) -> None:
    """Without the tag it is not ours to touch; a person puts the tag back, or detaches."""
    world = World(guarded)
    mgmt = world.target()
    interface = mgmt.interface()
    instance, _ = attached(world, mgmt)

    guarded.ec2.delete_tags(Resources=[interface], Tags=[{"Key": "dualhome:pool"}])
    want_nothing(world, instance)
    stuck = world.comes_to("stuck", instance, mgmt.name, reason="UNDO_FAILED")

    assert "UnauthorizedOperation" in stuck["detail"]
    assert world.stack.holder(interface) == (instance, mgmt.name)
