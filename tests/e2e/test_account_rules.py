"""In an account with rules: roles with a boundary and a path, a key of its own, an address kept."""

import json
from collections.abc import Iterator

import pytest

from localcloud.client.lifecycle import LocalCloud
from tests.support.deployed.attachments import attached, want_nothing
from tests.support.deployed.command import dualhome
from tests.support.deployed.probe import DENIALS, Probe
from tests.support.deployed.stack import SHARED, Stack
from tests.support.deployed.world import World
from tests.support.readers.template import ROLES, ROOT, resources

ADDRESS = "https://events.example.com/hook?token=of-the-alarms"
PATH = "/network/dualhome/"
BOUNDS = ("ec2", "dynamodb", "sqs", "lambda", "events", "states", "logs", "kms")
"""The services of docs/parameters.md, "Rules of the account"."""


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The template as such an account would deploy it, with IAM policies enforced."""
    folder = tmp_path_factory.mktemp("strict")
    with LocalCloud.start(folder, attach_seconds=0.1, detach_seconds=0.1, auth=True) as cloud:
        allowed = {"Effect": "Allow", "Action": [f"{it}:*" for it in BOUNDS], "Resource": "*"}
        boundary = cloud.client("iam").create_policy(
            PolicyName="workloads",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
        )["Policy"]["Arn"]
        key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
        parameters = {
            "PermissionsBoundaryArn": boundary,
            "RolePath": PATH,
            "KmsKeyArn": key,
            "AlarmEndpoint": ADDRESS,
        }
        outputs = cloud.deploy(ROOT / "template.yaml", "dualhome", {**SHARED, **parameters})
        yield Stack(cloud, outputs)


def parameters(stack: Stack) -> dict[str, str]:
    """Return the parameters as CloudFormation tells them."""
    (found,) = stack.cloud.client("cloudformation").describe_stacks(StackName="dualhome")["Stacks"]
    return {it["ParameterKey"]: it["ParameterValue"] for it in found["Parameters"]}


def test_an_instance_is_attached_and_released(strict: Stack) -> None:
    """The boundary and the key take nothing away that the functions need."""
    world = World(strict)
    mgmt = world.target()
    interface = mgmt.interface()
    instance, record = attached(world, mgmt)
    want_nothing(world, instance)

    assert interface == record["interface"]
    world.comes_to("released", instance, mgmt.name)


def test_every_role_is_bounded_and_has_the_path(strict: Stack) -> None:
    """The account's rule about roles is met by what is deployed, not only by what is written."""
    iam = strict.cloud.client("iam")
    found = {name: iam.get_role(RoleName=strict.role(name))["Role"] for name in ROLES}
    boundary = parameters(strict)["PermissionsBoundaryArn"]

    assert {PATH} == {it["Path"] for it in found.values()}
    assert {boundary} == {
        it["PermissionsBoundary"]["PermissionsBoundaryArn"] for it in found.values()
    }


def test_the_key_encrypts_tables_and_logs(strict: Stack) -> None:
    """The local cloud keeps the setting and encrypts nothing: AWS's own part is unproved here."""
    key = parameters(strict)["KmsKeyArn"]
    groups = strict.cloud.client("logs").describe_log_groups()["logGroups"]
    names = {it["LogGroupName"] for it in resources("Logs::LogGroup").values()}
    tables = [strict.outputs[it] for it in ("AttachmentsTableName", "AuditTableName")]
    shown = [strict.dynamodb.describe_table(TableName=it)["Table"] for it in tables]

    assert {key} == {it["SSEDescription"]["KMSMasterKeyArn"] for it in shown}
    assert dict.fromkeys(names, key) == {
        it["logGroupName"]: it.get("kmsKeyId") for it in groups if it["logGroupName"] in names
    }


def test_the_key_serves_dynamodb_alone(strict: Stack) -> None:
    """A function that is taken over cannot decrypt with it what others have encrypted."""
    reconciler = Probe.with_role_of(strict, "ReconcileInstancesFunction")

    said = reconciler.ask(
        "kms", "generate_data_key", KeyId=parameters(strict)["KmsKeyArn"], KeySpec="AES_256"
    )

    assert said in DENIALS


def test_the_address_of_the_alarms_is_shown_nowhere(strict: Stack) -> None:
    """It subscribes, token and all; what CloudFormation and the command say has none of it."""
    topic = strict.outputs["AlarmTopicArn"]
    found = strict.cloud.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    said = dualhome(strict, "doctor", "--ledger")

    assert ADDRESS in {it["Endpoint"] for it in found}
    assert parameters(strict)["AlarmEndpoint"] == "****"
    assert ADDRESS not in said.stdout + said.stderr
    assert ADDRESS not in json.dumps(strict.outputs)
    assert ADDRESS not in (strict.cloud.directory / "sam.log").read_text(encoding="utf-8")


def test_the_doctor_simulates_the_roles_under_their_path(strict: Stack) -> None:
    """A role that it does not find is a check that says nothing."""
    said = dualhome(strict, "doctor", "-o", "json")
    permissions = [it for it in json.loads(said.stdout) if it["check"] == "permissions"]

    assert ["ok"] == [it["severity"] for it in permissions]
