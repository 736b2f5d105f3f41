"""AWS::SSM::Document in a stack."""

import json
from typing import Any

import pytest

from tests.integration.localcloud.cloud import eventually
from tests.integration.localcloud.ssm.managed import NAME, ManagedLab, content, step

STACK = "stack"
NEW_VERSION = {"UpdateMethod": "NewVersion"}


def template(line: str, **properties: Any) -> str:
    """Return a template with a document that runs ``line``, and the document's Ref as output."""
    said = json.loads(content(step(line)))
    document = {
        "Type": "AWS::SSM::Document",
        "Properties": {"Content": said, "DocumentType": "Command", **properties},
    }
    outputs = {"Name": {"Value": {"Ref": "Document"}}}
    return json.dumps({"Resources": {"Document": document}, "Outputs": outputs})


def deploy(account: ManagedLab, action: str, body: str, *ends: str) -> dict[str, Any]:
    """Create or update the stack; return it at one of ``ends``."""
    cloudformation = account.client("cloudformation")
    getattr(cloudformation, f"{action}_stack")(StackName=STACK, TemplateBody=body)

    def stack() -> dict[str, Any]:
        return dict(cloudformation.describe_stacks(StackName=STACK)["Stacks"][0])

    wanted = ends or (f"{action.upper()}_COMPLETE",)
    assert eventually(lambda: stack()["StackStatus"].endswith(("COMPLETE", "FAILED")))
    found = stack()
    assert found["StackStatus"] in wanted, found
    return found


def name_of(stack: dict[str, Any]) -> str:
    """Return the name that ``Ref`` gave."""
    return str(stack["Outputs"][0]["OutputValue"])


def reasons(account: ManagedLab) -> str:
    """Return why anything in the stack failed."""
    events = account.client("cloudformation").describe_stack_events(StackName=STACK)
    return " ".join(it.get("ResourceStatusReason", "") for it in events["StackEvents"])


def default_line(account: ManagedLab, name: str) -> str:
    """Return what a document runs by default."""
    said = json.loads(account.ssm.get_document(Name=name)["Content"])
    return str(said["mainSteps"][0]["inputs"]["runCommand"][0])


def test_a_stack_makes_a_document_and_takes_it_away(account: ManagedLab) -> None:
    """Without a name, it gets one that begins with the stack's; the document runs."""
    tags = [{"Key": "team", "Value": "net"}]
    name = name_of(deploy(account, "create", template("echo made", Tags=tags)))
    instance = account.managed()

    sent = account.ssm.send_command(InstanceIds=[instance], DocumentName=name)["Command"]
    ended = account.ended(sent["CommandId"], instance)
    described = account.ssm.describe_document(Name=name)["Document"]
    account.client("cloudformation").delete_stack(StackName=STACK)

    assert name.startswith(f"{STACK}-Document-")
    assert ended["StandardOutputContent"] == "made\n"
    assert described["Tags"] == tags
    gone = account.ssm.exceptions.InvalidDocument

    def is_gone() -> bool:
        try:
            account.ssm.describe_document(Name=name)
        except gone:
            return True
        return False

    assert eventually(is_gone)


def test_an_update_makes_a_new_version_the_default(account: ManagedLab) -> None:
    """UpdateMethod NewVersion: the name stays, and what used it runs the new script."""
    properties = {"Name": NAME, **NEW_VERSION}
    deploy(account, "create", template("echo 1", **properties))

    deploy(account, "update", template("echo 2", **properties))
    changed = account.ssm.describe_document(Name=NAME)["Document"]
    tagged = {**properties, "Tags": [{"Key": "a", "Value": "b"}]}
    deploy(account, "update", template("echo 2", **tagged))
    described = account.ssm.describe_document(Name=NAME)["Document"]

    assert (changed["DefaultVersion"], changed["LatestVersion"]) == ("2", "2")
    assert default_line(account, NAME) == "echo 2"
    assert (described["LatestVersion"], described["Tags"]) == ("2", [{"Key": "a", "Value": "b"}])


def test_a_named_document_cannot_be_replaced(account: ManagedLab) -> None:
    """UpdateMethod Replace, which is the default, wants another name for other content."""
    deploy(account, "create", template("echo 1", Name=NAME))

    deploy(account, "update", template("echo 2", Name=NAME), "UPDATE_ROLLBACK_COMPLETE")

    assert "custom-named resource requires replacing" in reasons(account)
    assert default_line(account, NAME) == "echo 1"


def test_an_unnamed_document_is_replaced(account: ManagedLab) -> None:
    """Under another name, which ``Ref`` gives to what uses it."""
    first = name_of(deploy(account, "create", template("echo 1")))

    second = name_of(deploy(account, "update", template("echo 2")))

    assert first != second
    assert default_line(account, second) == "echo 2"
    with pytest.raises(account.ssm.exceptions.InvalidDocument):
        account.ssm.describe_document(Name=first)


def test_a_rollback_brings_back_the_older_version(account: ManagedLab) -> None:
    """The new version stays in the list; what runs is the old one."""
    properties = {"Name": NAME, **NEW_VERSION}
    deploy(account, "create", template("echo 1", **properties))
    body = json.loads(template("echo 2", **properties))
    broken = {"Type": "AWS::Logs::QueryDefinition", "DependsOn": "Document", "Properties": {}}
    body["Resources"]["Broken"] = broken

    deploy(account, "update", json.dumps(body), "UPDATE_ROLLBACK_COMPLETE")

    assert default_line(account, NAME) == "echo 1"


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"Content": {"schemaVersion": "1.2"}}, "InvalidDocumentSchemaVersion"),
        ({"UpdateMethod": "New"}, "UpdateMethod must be Replace or NewVersion"),
        ({"Attachments": []}, "does not know Attachments"),
        ({"Name": "aws-own"}, "reserved for AWS"),
    ],
)
def test_a_document_that_cannot_be_fails_the_stack(
    account: ManagedLab, properties: dict[str, Any], reason: str
) -> None:
    """With a sentence in the stack's events."""
    deploy(account, "create", template("true", **properties), "ROLLBACK_COMPLETE", "CREATE_FAILED")

    assert reason in reasons(account)
