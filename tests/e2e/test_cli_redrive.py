"""`dualhome redrive` on the deployed stack: no dead letter is lost."""

import json
import os
import subprocess
from collections import Counter

import pytest

from dualhome.application.requests import StatusRequest
from dualhome.domain.identifiers import InstanceId
from dualhome.wire import print_status_request
from tests.support.deployed.command import COMMAND, dualhome, environment
from tests.support.deployed.events import Inbox
from tests.support.deployed.queue import dead_letters, state_change
from tests.support.deployed.stack import Stack
from tests.support.deployed.world import World

GARBAGE = "this is not JSON {"


@pytest.fixture(autouse=True)
def empty(stack: Stack) -> None:
    """Begin with empty queues, whatever other tests have left in them."""
    for output, url in stack.outputs.items():
        if output.endswith(("DeadLetterQueueUrl", "FailuresQueueUrl")):
            stack.sqs.purge_queue(QueueUrl=url)


def put(stack: Stack, queue: str, *bodies: str) -> None:
    """Put dead letters into ``queue``."""
    for body in bodies:
        stack.sqs.send_message(QueueUrl=stack.outputs[queue], MessageBody=body)


@pytest.mark.parametrize(
    ("name", "output"),
    [("changes", "ChangesDeadLetterQueueUrl"), ("rules", "RuleDeadLetterQueueUrl")],
)
def test_a_dead_letter_of_a_change_is_reconciled(world: World, name: str, output: str) -> None:
    """What it asks for happens, and what cannot be read stays for the operator."""
    instance = world.launch()
    world.is_reconciled_while_running(instance)  # else one reconciliation may answer two events
    event = state_change(instance)
    put(world.stack, output, GARBAGE, json.dumps(event))

    done = dualhome(world.stack, "redrive", name, "--yes")

    assert 1 == done.returncode, done.stderr
    assert f"{name}: 1 sent to the changes queue: " in done.stdout
    assert "; 1 left." in done.stdout
    assert "not an event in JSON" in done.stdout
    assert [GARBAGE] == dead_letters(world.stack, output)
    world.until(lambda: any(event["id"] in line for line in world.stack.log_lines()))


def test_a_dry_run_says_what_lies_there_and_leaves_it(stack: Stack) -> None:
    """Its exit code is for a cron job."""
    empty = dualhome(stack, "redrive", "--dry-run", "-o", "json")
    put(
        stack, "ChangesDeadLetterQueueUrl", GARBAGE, json.dumps(state_change("i-0123456789abcdef0"))
    )

    found = dualhome(stack, "redrive", "--dry-run", "-o", "json")

    assert 0 == empty.returncode, empty.stderr
    assert 1 == found.returncode, found.stderr
    rows = {row["queue"]: row for row in json.loads(found.stdout)}
    assert ["changes", "rules", "publish", "status", "sweep"] == list(rows)
    assert 2 == rows["changes"]["waiting"]
    assert {
        "unreadable": 1,
        "aws.ec2: EC2 Instance State-change Notification": 1,
    } == rows["changes"]["kinds"]
    assert 2 == len(dead_letters(stack))


def test_moves_that_were_not_published_are_published(world: World, inbox: Inbox) -> None:
    """Subscribers, tags and figures learn of them, however long ago they were."""
    mgmt = world.target()
    mgmt.interface()
    instance = world.launch(targets=mgmt.name)
    world.comes_to("attached", instance, mgmt.name)
    moves = world.stack.audit(instance)
    world.until(lambda: len(inbox.events(instance)) >= len(moves))
    put(world.stack, "PublishFailuresQueueUrl", failed_batch(moves[0]["at"], moves[-1]["at"]))

    done = dualhome(world.stack, "redrive", "publish", "--yes")

    assert 0 == done.returncode, done.stderr
    world.until(lambda: len(inbox.events(instance)) >= 2 * len(moves))
    ids = Counter(event["detail"]["id"] for event in inbox.events(instance))
    assert {move["id"]: 2 for move in moves} == ids
    assert [] == dead_letters(world.stack, "PublishFailuresQueueUrl")


def test_a_status_that_was_not_written_is_written(world: World) -> None:
    """As the ledger says by then, whatever it said when the tag was given up."""
    mgmt = world.target()
    mgmt.interface()
    instance = world.launch(targets=mgmt.name)
    interface = world.comes_to("attached", instance, mgmt.name)["interface"]
    expected = f"{mgmt.name}=attached:{interface}@1"
    world.until(lambda: world.stack.tags(instance).get("dualhome-status") == expected)
    world.stack.ec2.delete_tags(Resources=[instance], Tags=[{"Key": "dualhome-status"}])
    request = print_status_request(StatusRequest(InstanceId(instance)))
    put(world.stack, "StatusDeadLetterQueueUrl", json.dumps(request), GARBAGE)

    done = dualhome(world.stack, "redrive", "status", "--yes")

    assert 1 == done.returncode, done.stderr
    assert "status: 1 sent to the status queue" in done.stdout
    world.until(lambda: world.stack.tags(instance).get("dualhome-status") == expected)
    assert [GARBAGE] == dead_letters(world.stack, "StatusDeadLetterQueueUrl")


def test_an_audit_item_that_cannot_be_read_is_set_aside_and_published_when_it_can(
    world: World, inbox: Inbox
) -> None:
    """Another version wrote it: moves behind it are published meanwhile."""
    instance, nowhere = world.launch(), world.named("nowhere")
    pk, sk = "INSTANCE#i-0123456789abcdef9", "9999-01-01T00:00:00.000Z#unreadable"
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    table = world.stack.outputs["AuditTableName"]
    world.stack.dynamodb.put_item(TableName=table, Item=key | {"day": {"S": "9999-01-01"}})
    world.tag(instance, targets=nowhere)
    world.comes_to("refused", instance, nowhere)

    world.until(lambda: inbox.events(instance))
    world.until(
        lambda: any(sk in it for it in dead_letters(world.stack, "PublishFailuresQueueUrl"))
    )
    first = dualhome(world.stack, "redrive", "publish", "--yes")
    good = world.stack.raw_audit(instance)[0]
    world.stack.dynamodb.put_item(TableName=table, Item=good | key)
    then = dualhome(world.stack, "redrive", "publish", "--yes")

    assert (1, 0) == (first.returncode, then.returncode), first.stdout + then.stdout
    assert f"{pk} {sk} cannot be read" in first.stdout
    assert [] == dead_letters(world.stack, "PublishFailuresQueueUrl")
    world.until(lambda: len(inbox.events(instance)) == 2)
    world.stack.dynamodb.delete_item(TableName=table, Key=key)


def test_a_sweep_that_failed_is_made_up_for(world: World) -> None:
    """It finds what no event announced, now and not at the next tick."""
    mgmt = world.target()
    mgmt.interface()
    put(world.stack, "SweepDeadLetterQueueUrl", "{}", "whatever the scheduler writes")

    done = dualhome(world.stack, "redrive", "sweep", "--yes")

    assert 0 == done.returncode, done.stderr
    assert "sweep: 2 covered by the sweep that ran; 0 left." in done.stdout
    assert any("swept" in line for line in world.stack.log_lines("sweep-account"))


def test_empty_queues_need_no_redrive(stack: Stack) -> None:
    """And no question is asked."""
    done = dualhome(stack, "redrive")

    assert 0 == done.returncode, done.stderr
    assert "nothing to redrive" in done.stderr


def test_without_a_terminal_nothing_is_redriven_unless_yes_is_said(stack: Stack) -> None:
    """A pipe cannot answer."""
    put(stack, "ChangesDeadLetterQueueUrl", GARBAGE)

    done = dualhome(stack, "redrive", typed="y\n")

    assert 2 == done.returncode
    assert [GARBAGE] == dead_letters(stack)


def test_who_says_no_at_a_terminal_leaves_everything_as_it_was(stack: Stack) -> None:
    """The question comes after what lies there, and what would be done."""
    put(stack, "ChangesDeadLetterQueueUrl", GARBAGE)
    keyboard, terminal = os.openpty()
    os.write(keyboard, b"n\n")

    done = subprocess.run(
        [*COMMAND, "redrive"],
        env=environment(stack),
        stdin=terminal,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    os.close(keyboard)
    os.close(terminal)
    assert 1 == done.returncode, done.stderr
    assert "1 x unreadable" in done.stdout
    assert done.stdout.endswith("Nothing was changed.\n")
    assert [GARBAGE] == dead_letters(stack)


def failed_batch(first: str, last: str) -> str:
    """Return what Lambda writes about a batch of the stream that it gives up."""
    info = {
        "shardId": "shardId-00000000000000000000-00000000",
        "approximateArrivalOfFirstRecord": f"{first[:19]}Z",
        "approximateArrivalOfLastRecord": f"{last[:19]}Z",
        "batchSize": 3,
    }
    return json.dumps({"version": "1.0", "DDBStreamBatchInfo": info})
