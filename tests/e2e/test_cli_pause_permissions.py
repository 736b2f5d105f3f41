"""Who may pause may do nothing else; no function may. With IAM policies enforced."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.support.deployed.attachments import attached, refuse_detach, want_nothing
from tests.support.deployed.calls import RECONCILER, Calls
from tests.support.deployed.command import dualhome
from tests.support.deployed.probe import DENIALS, Probe
from tests.support.deployed.queue import ACCOUNT, REGION
from tests.support.deployed.stack import Item, Stack
from tests.support.deployed.world import World
from tests.support.readers.template import ROOT

NUMBERS = count(1)
PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
READ = {"FindTheStack", "ReadLedgerAndAudit"}
PAUSE = {"PauseAndResume", "PauseAndResumeAreAudited"}
QUEUE = {"RetryAndRelease"}
WRITERS = [
    "ReconcileInstancesFunction",
    "SweepAccountFunction",
    "DetachInterfaceFunction",
    "CloseAttachmentFunction",
    "MarkStuckFunction",
]


def statements(sids: set[str]) -> list[Item]:
    """Return the statements of the documented policy of operators that have these ids."""
    (text,) = re.findall(r"## Permissions of an operator.+?```json\n(.+?)```", PAGE, re.DOTALL)
    filled = text.replace("REGION", REGION).replace("ACCOUNT", ACCOUNT)
    found = [it for it in json.loads(filled)["Statement"] if it["Sid"] in sids]
    assert len(found) == len(sids)
    return found


@dataclass(frozen=True)
class Operator:
    """A session of a role that has some statements of the documented policy, and no others."""

    stack: Stack
    credentials: dict[str, str]
    user_id: str

    @staticmethod
    def with_only(stack: Stack, *sids: str) -> "Operator":
        """Assume a new role."""
        iam, name = stack.cloud.client("iam"), f"operator-{next(NUMBERS)}"
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        role = iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
        )["Role"]
        policy = {"Version": "2012-10-17", "Statement": statements(set(sids))}
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
        session = stack.cloud.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="alex")
        given = session["Credentials"]
        credentials = {
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
        }
        return Operator(stack, credentials, session["AssumedRoleUser"]["AssumedRoleId"])

    def run(self, *words: str) -> Any:  # noqa: ANN401 - a finished process
        """Run the command as this operator."""
        return dualhome(self.stack, *words, **self.credentials)

    def put(self, table: str, item: Item, *, together: bool) -> str:
        """Put an item, alone or in a transaction; return ``ok`` or the code of the refusal."""
        client = boto3.client(
            "dynamodb",
            endpoint_url=self.stack.cloud.endpoint,
            region_name=REGION,
            aws_access_key_id=self.credentials["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.credentials["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=self.credentials["AWS_SESSION_TOKEN"],
        )
        name = self.stack.outputs[table]
        try:
            if together:
                client.transact_write_items(
                    TransactItems=[{"Put": {"TableName": name, "Item": item}}]
                )
            else:
                client.put_item(TableName=name, Item=item)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "ok"


@pytest.fixture
def own(guarded: Stack) -> Iterator[Stack]:
    """The guarded stack, which is not left paused."""
    yield guarded
    dualhome(guarded, "resume", "--yes")


def test_the_documented_policy_is_enough_to_pause_and_to_resume(own: Stack) -> None:
    """Nothing is attached meanwhile; what was held is queued, if the queue is allowed too."""
    alex, world = Operator.with_only(own, *READ, *PAUSE, *QUEUE), World(own)
    mgmt = world.target()
    mgmt.interface()

    paused = alex.run("pause", "--yes", "--reason", "alone")
    instance = world.launch(targets=mgmt.name)
    world.comes_to("waiting", instance, mgmt.name, reason="PAUSED")
    resumed = alex.run("resume", "--yes")

    assert (0, 0) == (paused.returncode, resumed.returncode), paused.stderr + resumed.stderr
    world.comes_to("attached", instance, mgmt.name)
    keys = [it["pk"] for it in own.items() if it.get("after", {}).get("reason") == "alone"]
    assert [f"PAUSE#{alex.user_id}"] == keys


def test_a_resume_without_the_queue_stands_and_says_who_takes_up_the_rest(own: Stack) -> None:
    """The sweep, minutes later."""
    alex, world = Operator.with_only(own, *READ, *PAUSE), World(own)
    mgmt = world.target()
    alex.run("pause", "--yes", "--reason", "without a queue")
    instance = world.launch(targets=mgmt.name)
    world.comes_to("waiting", instance, mgmt.name, reason="PAUSED")

    resumed = alex.run("resume", "--yes")

    assert 0 == resumed.returncode, resumed.stderr
    assert "is not paused any more" in resumed.stdout
    assert "could not be queued; the next sweep" in resumed.stdout


@pytest.mark.parametrize("sids", [READ, READ | QUEUE, READ | {"PauseAndResume"}])
def test_who_may_not_pause_reads_why_and_changes_nothing(own: Stack, sids: set[str]) -> None:
    """Item and audit entry are written together, or not at all."""
    alex, before = Operator.with_only(own, *sids), pause_items(own)

    answer = alex.run("pause", "--yes", "--reason", "no")

    assert (3, before) == (answer.returncode, pause_items(own))
    assert "You may not dynamodb:PutItem" in answer.stderr


@pytest.mark.parametrize("together", [False, True], ids=["alone", "in a transaction"])
def test_who_may_pause_may_write_no_other_item(own: Stack, *, together: bool) -> None:
    """No record, no claim, no breaker; and no entry under another's name, or of a move."""
    alex = Operator.with_only(own, *READ, *PAUSE)
    role, _, _ = alex.user_id.partition(":")
    attachments = {
        ("INSTANCE#i-0123456789abcdef0", "TARGET#mgmt"),
        ("INTERFACE#eni-0123456789abcdef0", "CLAIM"),
        ("RELEASE_BREAKER", "SWEEP"),
        ("SWEEP", "STATE"),
        ("PAUSE#", "STATE"),
    }
    audits = {
        ("INSTANCE#i-0123456789abcdef0", "2026"),
        ("PAUSE", "2026"),
        (f"PAUSE#{role}:bob", "2026"),
        (f"PAUSE#{role}", "2026"),
        ("PAUSE#AIDAEXAMPLEEXAMPLE123", "2026"),
        ("PAUSE#${aws:userid}", "2026"),
    }
    before = own.items()

    answers = {
        (table, *keys): alex.put(table, key(*keys), together=together)
        for table, some in (("AttachmentsTableName", attachments), ("AuditTableName", audits))
        for keys in some
    }

    assert {} == {it: answer for it, answer in answers.items() if answer not in DENIALS}
    assert before == own.items()


@pytest.mark.parametrize("function", WRITERS)
def test_no_function_may_write_the_pause_or_an_entry_of_one(guarded: Stack, function: str) -> None:
    """One that is taken over can neither end a pause nor say that another person has."""
    probe = Probe.with_role_of(guarded, function)

    answers = [
        probe.ask("dynamodb", "put_item", TableName=guarded.outputs[table], Item=key(pk, sk))
        for table, pk, sk in (
            ("AttachmentsTableName", "PAUSE", "STATE"),
            ("AuditTableName", "PAUSE#AIDAEXAMPLEEXAMPLE123", "2026"),
        )
    ]
    deleted = probe.ask(
        "dynamodb",
        "delete_item",
        TableName=guarded.outputs["AttachmentsTableName"],
        Key=key("PAUSE", "STATE"),
    )

    assert {True} == {answer in DENIALS for answer in (*answers, deleted)}


def test_the_reconciler_may_ask_how_a_rollback_has_ended(own: Stack) -> None:
    """One that a pause has ended is started again under another name."""
    world, calls = World(own), Calls.from_now(own)
    mgmt = world.target()
    mgmt.interface()
    instance, record = attached(world, mgmt)
    refuse_detach(world, record, error_code="RequestLimitExceeded", times=100_000)
    want_nothing(world, instance)
    world.comes_to("releasing", instance, mgmt.name)
    dualhome(own, "pause", "--yes", "--reason", "in the middle of a rollback")
    machine = own.outputs["RollbackStateMachineArn"]
    states = own.cloud.client("stepfunctions")

    def ended() -> bool:
        found = states.list_executions(stateMachineArn=machine, statusFilter="SUCCEEDED")
        return any(instance in it["name"] for it in found["executions"])

    world.until(ended)
    own.cloud.clear_faults()

    dualhome(own, "resume", "--yes")

    world.comes_to("released", instance, mgmt.name)
    asked = [it for it in calls.of(RECONCILER) if it["action"] == "DescribeExecution"]
    assert {"ok"} == {it["outcome"] for it in asked}


def pause_items(stack: Stack) -> list[Item]:
    """Return the pause, and the entries of pauses."""
    return [it for it in stack.items() if it["pk"].startswith("PAUSE")]


def key(pk: str, sk: str) -> Item:
    """Return a key in DynamoDB's wire form."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}
