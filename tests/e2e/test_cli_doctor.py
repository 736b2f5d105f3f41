"""`dualhome doctor` calls a healthy stack healthy, and finds what was broken on purpose."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.deployed.attachments import attached
from tests.support.deployed.command import dualhome
from tests.support.deployed.stack import Stack
from tests.support.deployed.triggers import sweep
from tests.support.deployed.world import World

Finding = dict[str, Any]


def examine(stack: Stack, *options: str) -> tuple[int, list[Finding]]:
    """Return the exit code and the findings."""
    done = dualhome(stack, "doctor", "-o", "json", *options)
    assert not done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)


def of(check: str, found: list[Finding]) -> list[tuple[str, str]]:
    """Return severity and text of what a check has found."""
    return [(it["severity"], it["what"]) for it in found if it["check"] == check]


@pytest.fixture(scope="module")
def healthy(apart: Stack) -> tuple[int, list[Finding]]:
    """Examine the stack beside an instance that has what it wants."""
    world = World(apart)
    mgmt = world.target()
    for _ in range(4):
        mgmt.interface()
    attached(world, mgmt)
    sweep(apart)
    return examine(apart, "--ledger")


@pytest.fixture
def world(apart: Stack) -> World:
    """Networks of this test's own: the command names ten of a kind, and counts the others."""
    return World(apart)


@pytest.mark.parametrize(
    "check",
    ["stack", "rules", "schedule", "event-sources", "functions", "sweep", "brakes", "permissions"],
)
def test_what_works_is_said_to_work(healthy: tuple[int, list[Finding]], check: str) -> None:
    """One line each, so that the reader sees what was checked."""
    _, found = healthy

    assert ["ok"] == [severity for severity, _ in of(check, found)]


def test_ledger_audit_and_ec2_agree(healthy: tuple[int, list[Finding]]) -> None:
    """The invariants hold of everything that ran on this stack."""
    _, found = healthy

    assert [("ok", "Ledger, audit log and EC2 agree.")] == of("ledger", found)


def test_a_disabled_rule_is_found(apart: Stack) -> None:
    """Its events are lost, and only the sweep would notice."""
    name = apart.role("InterfaceTagsRule")
    with _disabled_rule(apart, name):
        code, found = examine(apart)

    ((severity, what),) = of("rules", found)
    assert (4, "error") == (code, severity)
    assert name in what


def test_a_message_that_was_set_aside_is_found(apart: Stack) -> None:
    """It is not tried again unasked."""
    url = apart.outputs["SweepDeadLetterQueueUrl"]
    apart.sqs.send_message(QueueUrl=url, MessageBody="{}")
    try:
        code, found = examine(apart)
    finally:
        apart.sqs.purge_queue(QueueUrl=url)

    queue = url.rpartition("/")[2]
    (severity,) = [it for it, what in of("dead-letters", found) if queue in what]
    assert (4, "error") == (code, severity)


def test_a_vpc_that_serves_a_target_and_has_no_interface_is_found(world: World) -> None:
    """An instance that asks for it is refused."""
    empty = world.target("empty")

    code, found = examine(world.stack)

    assert code
    (line,) = [it for it in of("pools", found) if empty.vpc in it[1]]
    assert "warning" == line[0]


def test_a_claim_put_by_hand_is_found(world: World) -> None:
    """It locks the interface away, and no sweep may repair it."""
    mgmt = world.target()
    interface = mgmt.interface()
    table = world.stack.outputs["AttachmentsTableName"]
    key = {"pk": {"S": f"INTERFACE#{interface}"}, "sk": {"S": "CLAIM"}}
    holder = {"instance": {"S": "i-0123456789abcdef0"}, "target": {"S": mgmt.name}}
    dynamodb = world.stack.cloud.client("dynamodb")
    dynamodb.put_item(TableName=table, Item=key | holder)
    try:
        code, found = examine(world.stack, "--ledger")
    finally:
        dynamodb.delete_item(TableName=table, Key=key)

    lines = of("ledger", found)
    assert 4 == code
    assert {"error"} == {severity for severity, _ in lines}
    assert all(interface in what for _, what in lines)


def test_a_target_that_no_vpc_serves_is_found(world: World) -> None:
    """The name is misspelt, or its network is not there yet."""
    nowhere = world.named("nowhere")
    instance = world.launch(targets=nowhere)
    world.comes_to("refused", instance, nowhere, reason="NO_TARGET")

    _, found = examine(world.stack)

    assert any(nowhere in what for _, what in of("pools", found))
    assert any(f"{instance}/{nowhere}" in what for _, what in of("unsettled", found))


@contextmanager
def _disabled_rule(stack: Stack, name: str) -> Iterator[None]:
    stack.events.disable_rule(Name=name)
    try:
        yield
    finally:
        stack.events.enable_rule(Name=name)
