"""With IAM policies enforced: what each role may not do, asked for with that very role."""

import pytest

from tests.support.deployed.command import dualhome
from tests.support.deployed.probe import DENIALS, Probe
from tests.support.deployed.stack import Stack
from tests.support.deployed.world import World


@pytest.fixture(scope="module")
def reconciler(guarded: Stack) -> Probe:
    """Call with the reconciler's role."""
    return Probe.with_role_of(guarded, "ReconcileInstancesFunction")


@pytest.fixture(scope="module")
def sweeper(guarded: Stack) -> Probe:
    """Call with the sweep's role."""
    return Probe.with_role_of(guarded, "SweepAccountFunction")


@pytest.fixture(scope="module")
def publisher(guarded: Stack) -> Probe:
    """Call with the publisher's role."""
    return Probe.with_role_of(guarded, "PublishChangesFunction")


@pytest.fixture(scope="module")
def writer(guarded: Stack) -> Probe:
    """Call with the status writer's role."""
    return Probe.with_role_of(guarded, "WriteStatusFunction")


@pytest.fixture(scope="module")
def administrator(guarded: Stack) -> Probe:
    """Call with a role that may do everything."""
    return Probe.with_every_permission(guarded)


@pytest.mark.parametrize(
    ("pooled", "asking", "answer"),
    [
        pytest.param(True, True, "ok", id="both tagged"),
        pytest.param(False, True, "UnauthorizedOperation", id="interface without pool tag"),
        pytest.param(True, False, "UnauthorizedOperation", id="instance without targets tag"),
    ],
)
def test_attaching_takes_the_consent_of_both_sides(
    guarded: Stack, reconciler: Probe, *, pooled: bool, asking: bool, answer: str
) -> None:
    """EC2 asks about both resources, and each condition bites by itself."""
    world = World(guarded)
    mgmt = world.target(allow_from="")
    interface = mgmt.interface() if pooled else mgmt.interface(pool="")
    instance = world.launch_running(targets=mgmt.name if asking else None)

    said = reconciler.ask(
        "ec2",
        "attach_network_interface",
        InstanceId=instance,
        NetworkInterfaceId=interface,
        DeviceIndex=1,
    )
    shown = guarded.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])
    seen = shown["NetworkInterfaces"][0].get("Attachment", {})
    world.by_hand.append(seen.get("AttachmentId", "none"))

    assert answer == said


@pytest.mark.parametrize("method", ["update_item", "delete_item"])
def test_the_past_cannot_be_rewritten(guarded: Stack, reconciler: Probe, method: str) -> None:
    """Not by update or delete; a put comes from code that demands a new entry."""
    key = {"pk": {"S": "INSTANCE#i-1"}, "sk": {"S": "2026"}}
    audit = guarded.outputs["AuditTableName"]

    assert reconciler.ask("dynamodb", method, TableName=audit, Key=key) in DENIALS


def test_an_audit_entry_by_itself_cannot_be_put(guarded: Stack, reconciler: Probe) -> None:
    """In a transaction IAM lets it pass; that it replaces none, the condition sees to."""
    entry = {
        "TableName": guarded.outputs["AuditTableName"],
        "Item": {"pk": {"S": "INSTANCE#i-1"}, "sk": {"S": "2026"}},
        "ConditionExpression": "attribute_exists(pk)",  # so that nothing is put
    }
    move = {"TransactItems": [{"Put": entry}]}

    assert reconciler.ask("dynamodb", "put_item", **entry) in DENIALS
    assert "TransactionCanceledException" == reconciler.ask(
        "dynamodb", "transact_write_items", **move
    )


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("put_item", "AccessDeniedException"),
        ("update_item", "AccessDeniedException"),
        ("delete_item", "AccessDeniedException"),
        ("get_item", "ok"),
    ],
)
def test_an_administrator_cannot_rewrite_the_past_either(
    guarded: Stack, administrator: Probe, method: str, said: str
) -> None:
    """The table's own policy denies it, whatever those of the account allow."""
    key = {"pk": {"S": "INSTANCE#i-1"}, "sk": {"S": "2026"}}
    named = "Item" if method == "put_item" else "Key"
    audit = guarded.outputs["AuditTableName"]

    assert said == administrator.ask("dynamodb", method, TableName=audit, **{named: key})


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        pytest.param({"pk": "RELEASE_BREAKER", "sk": "SWEEP"}, "ok", id="the breaker"),
        pytest.param({"pk": "INSTANCE#i-1", "sk": "TARGET#mgmt"}, "denied", id="a record"),
    ],
)
def test_only_the_count_of_releases_may_be_updated(
    guarded: Stack, reconciler: Probe, key: dict[str, str], answer: str
) -> None:
    """Records move in transactions that put, under conditions; nothing else edits them."""
    said = reconciler.ask(
        "dynamodb",
        "update_item",
        TableName=guarded.outputs["AttachmentsTableName"],
        Key={name: {"S": value} for name, value in key.items()},
        UpdateExpression="ADD instances :one",
        ExpressionAttributeValues={":one": {"SS": ["i-1"]}},
    )

    assert answer == ("denied" if said in DENIALS else said)


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        pytest.param({"pk": "SWEEP", "sk": "PROBE"}, "ok", id="its place"),
        pytest.param({"pk": "RELEASE_BREAKER", "sk": "SWEEP"}, "denied", id="the breaker"),
        pytest.param({"pk": "INSTANCE#i-1", "sk": "TARGET#mgmt"}, "denied", id="a record"),
    ],
)
def test_a_sweep_puts_its_place_and_nothing_else(
    guarded: Stack, sweeper: Probe, key: dict[str, str], answer: str
) -> None:
    """It requests reconciliations; a record that it wrote would have no audit entry."""
    said = sweeper.ask(
        "dynamodb",
        "put_item",
        TableName=guarded.outputs["AttachmentsTableName"],
        Item={name: {"S": value} for name, value in key.items()},
    )

    assert answer == ("denied" if said in DENIALS else said)


def test_who_attaches_what_is_tagged_cannot_tag(guarded: Stack, reconciler: Probe) -> None:
    """Else it could give itself the consent that it needs."""
    instance = World(guarded).launch()

    assert "UnauthorizedOperation" == reconciler.ask(
        "ec2",
        "create_tags",
        Resources=[instance],
        Tags=[{"Key": "dualhome:targets", "Value": "mgmt"}],
    )


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        pytest.param(["dualhome-status"], "ok", id="the status"),
        pytest.param(["dualhome:targets"], "UnauthorizedOperation", id="targets"),
        pytest.param(["dualhome-status", "Name"], "UnauthorizedOperation", id="one more"),
    ],
)
def test_only_the_status_tag_may_be_written(
    guarded: Stack, writer: Probe, keys: list[str], answer: str
) -> None:
    """A role that could write our input tags could grant itself every attachment."""
    world = World(guarded)
    interface, instance = world.target().interface(), world.launch()

    for call in ("create_tags", "delete_tags"):
        said = writer.ask(
            "ec2",
            call,
            Resources=[instance, interface],
            Tags=[{"Key": key, "Value": "mgmt"} for key in keys],
        )

        assert (call, answer) == (call, said)


def test_an_interface_outside_every_pool_may_not_be_tagged(guarded: Stack, writer: Probe) -> None:
    """It is never touched."""
    interface = World(guarded).target().interface(pool="")

    assert "UnauthorizedOperation" == writer.ask(
        "ec2",
        "create_tags",
        Resources=[interface],
        Tags=[{"Key": "dualhome-status", "Value": "mgmt"}],
    )


@pytest.mark.parametrize(("source", "denied"), [("dualhome", False), ("billing", True)])
def test_events_leave_under_our_own_name_only(
    publisher: Probe, source: str, *, denied: bool
) -> None:
    """A subscriber of another source must not hear us there."""
    entry = {"Source": source, "DetailType": "Test", "Detail": "{}"}

    assert denied == (publisher.ask("events", "put_events", Entries=[entry]) in DENIALS)


def test_an_action_that_is_not_allowed_is_named(guarded: Stack) -> None:
    """The administrator who grants rights needs its name."""
    iam = guarded.cloud.client("iam")
    iam.create_user(UserName="guest")
    keys = iam.create_access_key(UserName="guest")["AccessKey"]
    variables = {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
    }

    done = dualhome(guarded, "status", **variables)

    assert 3 == done.returncode
    assert "You may not cloudformation:DescribeStacks: ask for a role" in done.stderr
