"""Commands: a document's very script runs, and its end is reported as AWS reports it."""

from typing import Any

import pytest

from tests.integration.localcloud.cloud import eventually, refusal
from tests.integration.localcloud.ssm.managed import NAME, ManagedLab, content, step

NO_INSTANCE = "i-00000000000000000"


def test_a_script_that_ends_well_is_a_success(account: ManagedLab) -> None:
    """Its two outputs arrive apart, and the shell's variables tell where it ran."""
    instance = account.managed()
    account.document('echo "$AWS_SSM_INSTANCE_ID $AWS_SSM_REGION_NAME"', "echo note >&2")

    ended = account.ended(account.send(instance, Comment="why"), instance)

    assert (
        ended.items()
        >= {
            "Status": "Success",
            "StatusDetails": "Success",
            "ResponseCode": 0,
            "StandardOutputContent": f"{instance} us-east-1\n",
            "StandardErrorContent": "note\n",
            "DocumentName": NAME,
            "DocumentVersion": "$DEFAULT",
            "PluginName": "run",
            "Comment": "why",
        }.items()
    )


def test_one_broken_line_is_a_failure_with_its_exit_code_and_output(account: ManagedLab) -> None:
    """What ran before it shows; the agent adds how it ended."""
    ended = account.ran("set -e", "echo before", "no-such-command", "echo after")

    assert (ended["Status"], ended["StatusDetails"]) == ("Failed", "Failed")
    assert (ended["ResponseCode"], ended["StandardOutputContent"]) == (127, "before\n")
    assert "no-such-command" in ended["StandardErrorContent"]
    assert ended["StandardErrorContent"].endswith("\nfailed to run commands: exit status 127")


def test_a_script_sees_nothing_of_the_server(account: ManagedLab) -> None:
    """Neither its credentials nor its endpoint: an instance would not have them."""
    ended = account.ran("env | grep -c -e ^AWS_ACCESS -e ^AWS_ENDPOINT -e ^PYTHON")

    assert ended["StandardOutputContent"] == "0\n"


def test_the_first_line_of_a_script_may_name_its_interpreter(account: ManagedLab) -> None:
    """The agent writes a file and starts it; its standard input is empty."""
    ended = account.ran("#!/bin/cat", "just text")

    assert ended["StandardOutputContent"] == "#!/bin/cat\njust text\n"


def test_each_instance_runs_the_command_by_itself(account: ManagedLab) -> None:
    """In a folder of its own, which lasts from one command to the next."""
    first, second = account.managed(), account.managed()
    account.document("ls | grep -c mark", f'[ "$AWS_SSM_INSTANCE_ID" != {first} ] || touch mark')
    before = account.send(first, second)
    account.ended(before, first)
    account.ended(before, second)

    after = account.send(first, second)

    printed = [account.ended(after, it)["StandardOutputContent"] for it in (first, second)]
    assert printed == ["1\n", "0\n"]


def test_steps_run_in_order_and_only_on_their_platform(account: ManagedLab) -> None:
    """Details are asked for by the step's name; one failed step fails the command."""
    windows = {"precondition": {"StringEquals": ["platformType", "Windows"]}}
    steps = (
        step("exit 3", name="first"),
        step("echo second", name="second"),
        step("exit 1", name="third", **windows),
    )
    account.ssm.create_document(Name=NAME, Content=content(*steps))
    instance = account.managed()
    command = account.send(instance)
    asked = {"CommandId": command, "InstanceId": instance}

    def listed() -> dict[str, Any]:
        found = account.ssm.list_command_invocations(CommandId=command, Details=True)
        return dict(found["CommandInvocations"][0])

    assert eventually(lambda: listed()["Status"] == "Failed")
    plugins = {it["Name"]: it for it in listed()["CommandPlugins"]}

    statuses = [plugins[name]["Status"] for name in ("first", "second", "third")]
    assert statuses == ["Failed", "Success", "Success"]
    assert plugins["second"]["Output"] == "second\n"
    assert "skipped" in plugins["third"]["Output"]
    assert plugins["first"]["ResponseCode"] == 3
    get = account.ssm.get_command_invocation
    assert refusal(get, **asked)[0] == "InvalidPluginName"
    assert get(**asked, PluginName="second")["StandardOutputContent"] == "second\n"


def test_output_is_cut(account: ManagedLab) -> None:
    """At 24,000 and 8,000 characters; in lists at 2,500."""
    letters = "head -c 30000 /dev/zero | tr '\\0' x"
    instance = account.managed()
    account.document(letters, f"{letters} >&2")
    command = account.send(instance)

    ended = account.ended(command, instance)
    listed = account.ssm.list_command_invocations(CommandId=command, Details=True)

    sizes = [len(ended[f"Standard{name}Content"]) for name in ("Output", "Error")]
    assert sizes == [24_000, 8_000]
    plugin = listed["CommandInvocations"][0]["CommandPlugins"][0]
    assert len(plugin["Output"]) == 2_500


@pytest.mark.parametrize(("seconds", "code"), [(0, None), (3600, "InvocationDoesNotExist")])
def test_reads_show_a_command_after_a_moment(
    account: ManagedLab, seconds: int, code: str | None
) -> None:
    """Right after SendCommand, that there is no such invocation means nothing."""
    account.cloud.control("PUT", "settings", {"ssm_invocation_seconds": seconds})
    instance = account.managed()
    account.document("true")

    command = account.send(instance)

    if code:
        refused = refusal(lambda: account.invocation(command, instance))
        assert refused[0] == code
        assert account.ssm.list_commands()["Commands"] == []
        account.cloud.control("PUT", "settings", {"ssm_invocation_seconds": 0})
    assert account.ended(command, instance)["Status"] == "Success"


def test_the_version_that_is_asked_for_runs(account: ManagedLab) -> None:
    """$DEFAULT is the first until another is made the default."""
    instance = account.managed()
    account.document("echo 1")
    newer = content(step("echo 2"))
    account.ssm.update_document(Name=NAME, Content=newer, DocumentVersion="$LATEST")

    def printed(**asked: str) -> str:
        ended = account.ended(account.send(instance, **asked), instance)
        return str(ended["StandardOutputContent"])

    assert [
        printed(),
        printed(DocumentVersion="1"),
        printed(DocumentVersion="2"),
        printed(DocumentVersion="$LATEST"),
    ] == ["1\n", "1\n", "2\n", "2\n"]
    refused = refusal(lambda: account.send(instance, DocumentVersion="3"))
    assert refused[0] == "InvalidDocumentVersion"


def test_a_hash_must_be_that_of_the_version(account: ManagedLab) -> None:
    """A document that was changed behind the caller's back does not run."""
    instance = account.managed()
    account.document("echo 1")
    described = account.ssm.describe_document(Name=NAME)["Document"]
    hashed = {"DocumentHash": described["Hash"], "DocumentHashType": "Sha256"}
    newer = content(step("echo 2"))
    account.ssm.update_document(Name=NAME, Content=newer, DocumentVersion="$LATEST")

    good = account.ended(account.send(instance, **hashed), instance)
    changed = refusal(lambda: account.send(instance, **hashed, DocumentVersion="2"))

    assert good["Status"] == "Success"
    assert changed == ("InvalidDocument", "The hash is not that of version 2 of the document.")
    assert len(account.ssm.list_commands()["Commands"]) == 1


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("InvalidDocument", {"DocumentName": "other"}),
        ("InvalidInstanceId", {"InstanceIds": [NO_INSTANCE]}),
        ("ValidationException", {"InstanceIds": []}),
        ("ValidationException", {"InstanceIds": [f"i-{n:017}" for n in range(51)]}),
        ("DuplicateInstanceId", {"InstanceIds": [NO_INSTANCE, NO_INSTANCE]}),
        ("ValidationException", {"Targets": [{"Key": "tag:a", "Values": ["b"]}]}),
        ("ValidationException", {"TimeoutSeconds": 2_592_001}),
        ("ValidationException", {"Comment": "x" * 101}),
        ("ValidationException", {"DocumentHash": "0", "DocumentHashType": "Sha1"}),
    ],
)
def test_a_command_that_cannot_be_is_refused(
    account: ManagedLab, code: str, asked: dict[str, object]
) -> None:
    """And no part of it is carried out."""
    account.document("true")
    ordinary = {"InstanceIds": [account.managed()], "DocumentName": NAME}

    assert refusal(account.ssm.send_command, **(ordinary | asked))[0] == code
    assert account.ssm.list_commands()["Commands"] == []


def test_an_instance_of_another_account_is_unknown(account: ManagedLab) -> None:
    """Whatever the document's account may do there."""
    account.document("true")
    theirs = ManagedLab(account.cloud, f"8{account.account[1:]}").managed()

    assert refusal(lambda: account.send(theirs))[0] == "InvalidInstanceId"


def test_what_is_not_a_command_cannot_be_shown_or_cancelled(account: ManagedLab) -> None:
    """Another account's is none."""
    instance = account.managed()
    account.document("true")
    command = account.send(instance)
    other = ManagedLab(account.cloud, f"7{account.account[1:]}")
    asked = {"CommandId": command, "InstanceId": instance}

    assert refusal(other.ssm.get_command_invocation, **asked)[0] == "InvocationDoesNotExist"
    assert refusal(other.ssm.cancel_command, CommandId=command)[0] == "InvalidCommandId"
    named = {"CommandId": command, "InstanceIds": [NO_INSTANCE]}
    assert refusal(account.ssm.cancel_command, **named)[0] == "InvalidInstanceId"
    assert other.ssm.list_commands()["Commands"] == []


def test_invocations_are_listed_by_command_and_by_instance(account: ManagedLab) -> None:
    """Newest first, without details unless they are asked for."""
    first, second = account.managed(), account.managed()
    account.document("true")
    older, newer = account.send(first, second), account.send(second)
    account.ended(older, first)

    def listed(**asked: str) -> list[tuple[str, str]]:
        found = account.ssm.list_command_invocations(**asked)["CommandInvocations"]
        assert all(it["CommandPlugins"] == [] for it in found)
        return [(it["CommandId"], it["InstanceId"]) for it in found]

    assert listed() == [(newer, second), (older, first), (older, second)]
    assert listed(CommandId=older) == [(older, first), (older, second)]
    assert listed(InstanceId=second) == [(newer, second), (older, second)]
    by_instance = account.ssm.list_commands(InstanceId=first)["Commands"]
    assert [it["CommandId"] for it in by_instance] == [older]
