"""Documents: their versions, their hashes, and what is refused."""

import hashlib
import json
from typing import Any

import pytest
import yaml

from tests.integration.localcloud.cloud import refusal
from tests.integration.localcloud.ssm.managed import NAME, ManagedLab, content, step

GOOD = json.loads(content(step("true"), parameters={"mac": {"type": "String"}}))


def spoilt(**members: Any) -> str:
    """Return good content with other members."""
    return json.dumps(GOOD | members)


def test_a_document_is_described_with_the_hash_of_its_content(account: ManagedLab) -> None:
    """A caller that names the hash runs what it has read and nothing else."""
    mac = {"type": "String", "description": "which", "default": "none"}
    text = content(step("true"), parameters={"mac": mac}, description="Look")
    account.ssm.create_document(Name=NAME, Content=text, Tags=[{"Key": "a", "Value": "b"}])

    found = account.ssm.describe_document(Name=NAME)["Document"]

    assert found["Hash"] == hashlib.sha256(text.encode()).hexdigest()
    assert (
        found.items()
        >= {
            "HashType": "Sha256",
            "Owner": account.account,
            "Status": "Active",
            "DocumentVersion": "1",
            "LatestVersion": "1",
            "DefaultVersion": "1",
            "SchemaVersion": "2.2",
            "DocumentType": "Command",
            "DocumentFormat": "JSON",
            "Description": "Look",
        }.items()
    )
    assert found["Parameters"] == [
        {"Name": "mac", "Type": "String", "Description": "which", "DefaultValue": "none"}
    ]
    assert found["Tags"] == [{"Key": "a", "Value": "b"}]


def test_an_update_adds_a_version_and_leaves_the_default(account: ManagedLab) -> None:
    """A new version runs for those that ask for it, until it is made the default."""
    account.document("true")
    newer = content(step("false"))
    account.ssm.update_document(Name=NAME, Content=newer, DocumentVersion="$LATEST")

    before = account.ssm.describe_document(Name=NAME)["Document"]
    latest = account.ssm.get_document(Name=NAME, DocumentVersion="$LATEST")
    account.ssm.update_document_default_version(Name=NAME, DocumentVersion="2")
    after = account.ssm.list_document_versions(Name=NAME)["DocumentVersions"]

    assert (before["DefaultVersion"], before["LatestVersion"]) == ("1", "2")
    assert (latest["DocumentVersion"], latest["Content"]) == ("2", newer)
    assert [(it["DocumentVersion"], it["IsDefaultVersion"]) for it in after] == [
        ("2", True),
        ("1", False),
    ]


def test_a_document_may_be_yaml(account: ManagedLab) -> None:
    """And is returned as it was written, comments included."""
    text = f"# why\n{yaml.safe_dump(GOOD)}"
    account.ssm.create_document(Name=NAME, Content=text, DocumentFormat="YAML")

    found = account.ssm.get_document(Name=NAME)

    assert (found["DocumentFormat"], found["Content"]) == ("YAML", text)


def test_a_document_that_is_deleted_is_unknown(account: ManagedLab) -> None:
    """With all its versions, and its name is free."""
    account.document("true")
    account.ssm.delete_document(Name=NAME)

    calls = (account.ssm.describe_document, account.ssm.get_document, account.ssm.delete_document)

    assert {refusal(call, Name=NAME)[0] for call in calls} == {"InvalidDocument"}
    assert account.document("true") == NAME


def test_a_document_belongs_to_its_account(account: ManagedLab) -> None:
    """Sharing is not modelled; the ARN of one's own is as good as its name."""
    account.document("true")
    arn = f"arn:aws:ssm:us-east-1:{account.account}:document/{NAME}"
    other = ManagedLab(account.cloud, f"9{account.account[1:]}")

    assert account.ssm.describe_document(Name=arn)["Document"]["Name"] == NAME
    assert refusal(other.ssm.describe_document, Name=NAME)[0] == "InvalidDocument"
    assert refusal(other.ssm.describe_document, Name=arn)[0] == "InvalidDocument"


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("DocumentAlreadyExists", {"Content": spoilt()}),
        ("ValidationException", {"Name": "AWS-Own"}),
        ("ValidationException", {"DocumentType": "Automation"}),
        ("MaxDocumentSizeExceeded", {"Content": spoilt(description="x" * 64 * 1024)}),
        ("InvalidDocumentSchemaVersion", {"Content": spoilt(schemaVersion="1.2")}),
        ("InvalidDocumentContent", {"Content": "{"}),
        ("InvalidDocumentContent", {"DocumentFormat": "TEXT"}),
        ("InvalidDocumentContent", {"Content": spoilt(mainSteps=[])}),
        ("InvalidDocumentContent", {"Content": spoilt(mainStep=[])}),
        ("InvalidDocumentContent", {"Content": spoilt(mainSteps=[step("a"), step("b")])}),
        ("InvalidDocumentContent", {"Content": spoilt(mainSteps=[step("a", action="aws:copy")])}),
        ("InvalidDocumentContent", {"Content": spoilt(mainSteps=[step("a", onFailure="exit")])}),
        ("InvalidDocumentContent", {"Content": spoilt(mainSteps=[step("a", precondition={})])}),
        ("InvalidDocumentContent", {"Content": spoilt(parameters={"mac": {"type": "Mac"}})}),
        ("InvalidDocumentContent", {"Content": spoilt(parameters={"a-b": {"type": "String"}})}),
        (
            "InvalidDocumentContent",
            {"Content": spoilt(parameters={"m": {"type": "String", "allowedPattern": "("}})},
        ),
    ],
)
def test_a_document_that_cannot_be_is_refused(
    account: ManagedLab, code: str, asked: dict[str, str]
) -> None:
    """At its creation, not when it runs."""
    account.document("true")
    fresh = {} if code == "DocumentAlreadyExists" else {"Name": "other", "Content": spoilt()}

    refused = refusal(account.ssm.create_document, **({"Name": NAME} | fresh | asked))

    assert refused[0] == code


def test_an_update_must_change_something_and_start_from_the_latest(account: ManagedLab) -> None:
    """The content of an older version counts as a duplicate, too."""
    account.document("true")
    first = account.ssm.get_document(Name=NAME)["Content"]
    second = content(step("false"))
    account.ssm.update_document(Name=NAME, Content=second, DocumentVersion="$LATEST")

    def refused(text: str, version: str = "$LATEST") -> str:
        asked = {"Name": NAME, "Content": text, "DocumentVersion": version}
        return refusal(account.ssm.update_document, **asked)[0]

    assert [refused(first), refused(second)] == ["DuplicateDocumentContent"] * 2
    assert refused(content(step("date")), "1") == "InvalidDocumentVersion"
    assert refused(content(step("date")), "7") == "InvalidDocumentVersion"
