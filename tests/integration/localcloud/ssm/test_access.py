"""IAM enforcement: SendCommand needs the document and every instance, reads need ``*``."""

import json
from typing import Any

import pytest

from tests.integration.localcloud.cloud import eventually, refusal, tag
from tests.integration.localcloud.guarded import Scene, Statement
from tests.integration.localcloud.ssm.managed import NAME, content, step

OPTED_IN = tag("targets", "mgmt")
SEND = "ssm:SendCommand"


@pytest.fixture
def instance(scene: Scene) -> str:
    """An instance that opted in, and whose agent is known; the document is there as well."""
    scene.cloud.control("PUT", "settings", {"ssm_agent_seconds": 0})
    launched = scene.instance(scene.subnet())
    scene.ec2.create_tags(Resources=[launched], Tags=[OPTED_IN])
    ssm = scene.client("ssm")
    ssm.create_document(Name=NAME, Content=content(step("true")))
    assert eventually(lambda: bool(ssm.describe_instance_information()["InstanceInformationList"]))
    return launched


def statement(action: str, resource: str, when: Any = None) -> Statement:  # noqa: ANN401 - policy language
    """Return a statement that allows an action on a resource."""
    allowed = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**allowed, "Condition": when} if when else allowed


def on_document(scene: Scene, name: str = NAME) -> Statement:
    """Allow to send a document."""
    return statement(SEND, f"arn:aws:ssm:us-east-1:{scene.account}:document/{name}")


def on_instances(scene: Scene, key: str = "ssm:resourceTag", value: str = "mgmt") -> Statement:
    """Allow to send to instances with the tag."""
    return statement(SEND, scene.arn("instance"), {"StringEquals": {f"{key}/targets": value}})


def send(scene: Scene, instance: str, *statements: Statement) -> str:
    """Send the document with a role that has these statements; return the outcome."""
    ssm = role(scene, *statements)
    try:
        ssm.send_command(InstanceIds=[instance], DocumentName=NAME)
    except ssm.exceptions.ClientError as error:
        return str(error.response["Error"]["Message"])
    return "ok"


def role(scene: Scene, *statements: Statement) -> Any:  # noqa: ANN401 - boto3's stubs are not installed for it
    """Return a Systems Manager client with a role's session that has these statements."""
    return scene.session(*statements)("ssm")


@pytest.mark.parametrize("key", ["ssm:resourceTag", "aws:ResourceTag"])
def test_a_command_needs_a_permission_on_document_and_instance(
    scene: Scene, instance: str, key: str
) -> None:
    """The instance's tags are EC2's, under either name of the condition key."""
    allowed = (on_document(scene), on_instances(scene, key))

    assert send(scene, instance, *allowed) == "ok"
    without_document = send(scene, instance, allowed[1])
    assert "ssm:SendCommand on resource" in without_document
    assert f":document/{NAME}" in without_document
    assert f":instance/{instance}" in send(scene, instance, allowed[0])


def test_the_document_of_another_name_is_out_of_reach(scene: Scene, instance: str) -> None:
    """A role that may send one document may not send any."""
    refused = send(scene, instance, on_document(scene, "other"), on_instances(scene))

    assert f":document/{NAME}" in refused


@pytest.mark.parametrize("key", ["ssm:resourceTag", "aws:ResourceTag"])
def test_an_instance_without_the_tag_is_out_of_reach(scene: Scene, instance: str, key: str) -> None:
    """Whatever the tag was when the role was made."""
    allowed = (on_document(scene), on_instances(scene, key))
    other_value = send(scene, instance, allowed[0], on_instances(scene, key, "other"))
    scene.ec2.delete_tags(Resources=[instance])

    assert f":instance/{instance}" in other_value
    assert f":instance/{instance}" in send(scene, instance, *allowed)


def test_one_forbidden_instance_forbids_the_command(scene: Scene, instance: str) -> None:
    """Nothing runs on the others either."""
    untagged = scene.instance(scene.subnet())
    ssm = role(scene, on_document(scene), on_instances(scene))

    asked = {"InstanceIds": [instance, untagged], "DocumentName": NAME}

    assert refusal(ssm.send_command, **asked)[0] == "AccessDeniedException"
    assert scene.client("ssm").list_commands()["Commands"] == []


@pytest.mark.parametrize(
    ("call", "action", "asked"),
    [
        ("describe_instance_information", "DescribeInstanceInformation", {}),
        ("list_commands", "ListCommands", {}),
        (
            "get_command_invocation",
            "GetCommandInvocation",
            {"CommandId": "0" * 36, "InstanceId": "i-00000000000000000"},
        ),
    ],
)
def test_reading_needs_a_permission_on_everything(
    scene: Scene, call: str, action: str, asked: dict[str, str]
) -> None:
    """These calls know no resources: an ARN in the policy allows nothing."""
    narrow = role(scene, statement(f"ssm:{action}", scene.arn("instance")))
    wide = role(scene, statement(f"ssm:{action}", "*"))

    code, message = refusal(getattr(narrow, call), **asked)

    assert code == "AccessDeniedException"
    assert f"ssm:{action} on resource: *" in message
    if asked:
        assert refusal(getattr(wide, call), **asked)[0] == "InvocationDoesNotExist"
    else:
        getattr(wide, call)()


def test_a_document_is_fenced_by_its_name(scene: Scene, instance: str) -> None:
    """To read one is not to change it."""
    arn = f"arn:aws:ssm:us-east-1:{scene.account}:document/{NAME}"
    ssm = role(scene, statement("ssm:DescribeDocument", arn))

    described = ssm.describe_document(Name=NAME)["Document"]

    assert (instance[:2], described["Name"]) == ("i-", NAME)
    changed = json.dumps(json.loads(content(step("false"))))
    asked = {"Name": NAME, "Content": changed, "DocumentVersion": "$LATEST"}
    assert refusal(ssm.update_document, **asked)[0] == "AccessDeniedException"
    assert refusal(ssm.describe_document, Name="other")[0] == "AccessDeniedException"


def test_parameters_are_still_checked_by_ministack(scene: Scene) -> None:
    """The other half of the service stays under enforcement."""
    ssm = role(scene, statement("ssm:GetParameter", "*"))

    asked = {"Name": "a", "Value": "b", "Type": "String"}

    assert refusal(ssm.put_parameter, **asked)[0] == "AccessDeniedException"
    assert refusal(ssm.get_parameter, Name="a")[0] == "ParameterNotFound"
