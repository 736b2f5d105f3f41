"""Who may do what: each role grants what is needed and no more."""

import re

import pytest

from dualhome.domain.tags import TagKeys
from dualhome_cli.doctor.checks.permissions import needs
from tests.support.offenders import offenders
from tests.support.readers.authorization import actions
from tests.support.readers.template import ROLES, Json, granted, resources, statements

FUNCTIONS = resources("Serverless::Function")
(ROLLBACK,) = resources("Serverless::StateMachine").values()
SWEEP = FUNCTIONS["SweepAccountFunction"]["Events"]["Tick"]["Properties"]
# No resource type exists for these (Service Authorization Reference).
NO_NARROWER_RESOURCE = re.compile(
    r"ec2:Describe\w+|dynamodb:ListStreams"
    r"|logs:(\w+LogDelivery|ListLogDeliveries|PutResourcePolicy|Describe\w+)"
)
IN_A_TRANSACTION = {
    "ForAnyValue:StringEquals": {"dynamodb:EnclosingOperation": "TransactWriteItems"}
}
STEPS = {
    "DetachInterfaceFunction",
    "CheckDetachedFunction",
    "CloseAttachmentFunction",
    "MarkStuckFunction",
}


def test_everything_that_acts_has_a_role_of_its_own() -> None:
    """A shared role would give each what any of them needs."""
    used = [it["Role"] for it in [*FUNCTIONS.values(), ROLLBACK]] + [SWEEP["RoleArn"]]

    assert sorted(used) == sorted(f"${{{role}.Arn}}" for role in ROLES)


def test_a_role_names_each_action_and_each_resource() -> None:
    """A wildcard is allowed only where AWS offers nothing narrower."""

    def is_narrow(statement: Json) -> bool:
        actions = statement["Action"]
        if any("*" in action for action in actions):
            return False
        return "*" not in statement["Resource"] or all(map(NO_NARROWER_RESOURCE.fullmatch, actions))

    assert {} == offenders(ROLES, lambda role: {str(it): is_narrow(it) for it in statements(role)})


def test_no_role_may_change_or_remove_an_audit_record() -> None:
    """A put may replace by permission: what keeps it from that is the code's condition."""
    allowed = {(role, arn): set(it["Action"]) for role, arn, it in granted("${AuditTable")}

    assert allowed.pop(("PublishChangesRole", "${AuditTable.StreamArn}"))
    assert allowed == {
        (role, "${AuditTable.Arn}"): {"dynamodb:PutItem"}
        for role in ("ReconcileInstancesRole", "CloseAttachmentRole", "MarkStuckRole")
    }


def test_an_audit_entry_can_be_put_in_a_transaction_alone() -> None:
    """That of its move: a put by itself would be an entry of nothing, or in place of another."""
    conditions = [
        it["Condition"]
        for _, _, it in granted("${AuditTable.Arn}", "dynamodb:PutItem")
        if it["Effect"] == "Allow"
    ]

    assert [IN_A_TRANSACTION] * 3 == conditions


def test_the_audit_table_itself_denies_every_principal_to_change_it() -> None:
    """A policy of the account may grant more than ours do; a Deny is stronger."""
    table = resources("DynamoDB::Table")["AuditTable"]
    never, puts = table["ResourcePolicy"]["PolicyDocument"]["Statement"]
    every_principal = {"Effect": "Deny", "Principal": "*", "Resource": "*"}
    writes = set(actions("dynamodb:*Item")) | set(actions("dynamodb:PartiQL*"))
    reads = {"GetItem", "BatchGetItem", "ConditionCheckItem", "PartiQLSelect"}

    assert every_principal.items() <= never.items()
    assert every_principal.items() <= puts.items()
    assert "Condition" not in never
    assert writes - {f"dynamodb:{it}" for it in reads} == {*never["Action"], puts["Action"]}
    assert puts["Condition"] == {
        "ForAllValues:StringNotEquals": {"dynamodb:EnclosingOperation": "TransactWriteItems"}
    }


def test_attaching_needs_consent_of_the_interface_and_of_the_instance() -> None:
    """EC2 checks both resources; each statement demands the tag that belongs to it."""
    conditions = {
        (role, arn.rpartition(":")[2]): it["Condition"]
        for role, arn, it in granted("", "ec2:AttachNetworkInterface")
    }

    assert conditions == {
        ("ReconcileInstancesRole", "network-interface/*"): {
            "Null": {"aws:ResourceTag/dualhome:pool": "false"}
        },
        ("ReconcileInstancesRole", "instance/*"): {
            "Null": {"aws:ResourceTag/dualhome:targets": "false"}
        },
    }


def test_detaching_needs_the_consent_of_the_interface_alone() -> None:
    """The owner who removes the targets tag must not thereby forbid the release."""
    conditions = {
        (role, arn.rpartition(":")[2]): it.get("Condition")
        for role, arn, it in granted("", "ec2:DetachNetworkInterface")
    }

    assert conditions == {
        ("DetachInterfaceRole", "network-interface/*"): {
            "Null": {"aws:ResourceTag/dualhome:pool": "false"}
        },
        ("DetachInterfaceRole", "instance/*"): None,
    }


def test_a_claim_is_freed_by_the_reconciler_and_by_the_last_step_alone() -> None:
    """The step that marks an attachment stuck must not be able to give its interface away."""
    may_free = {
        role
        for role, _, statement in granted("${AttachmentsTable", "dynamodb:DeleteItem")
        if "Condition" not in statement
    }

    assert may_free == {"ReconcileInstancesRole", "CloseAttachmentRole"}


def test_the_state_machine_may_run_exactly_its_steps_and_the_schedule_exactly_the_sweep() -> None:
    """They need to reach nothing else; whatever they do, a function does."""
    invoked = {(role, arn) for role, arn, _ in granted("", "lambda:InvokeFunction")}
    steps = {f"${{{step}.Arn}}" for step in STEPS}

    assert invoked == {("RollbackRole", step) for step in steps} | {
        ("SweepScheduleRole", "${SweepAccountFunction.Arn}")
    }
    assert set(ROLLBACK["DefinitionSubstitutions"].values()) == steps


def test_a_sweep_asks_for_reconciliations_and_can_change_nothing_itself() -> None:
    """There is one way to change the world."""
    allowed = {action for it in statements(ROLES["SweepAccountRole"]) for action in it["Action"]}

    assert allowed == {
        "ec2:DescribeInstances",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeVpcs",
        "dynamodb:Query",
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "sqs:SendMessage",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }


def test_a_sweep_writes_its_checkpoint_and_the_breaker_and_no_record() -> None:
    """Its role holds the keys of two items; an intruder who takes it over can move nothing."""
    written = {
        (action, *statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"])
        for role, _, statement in granted("${AttachmentsTable.Arn}")
        for action in statement["Action"]
        if role == "SweepAccountRole" and action not in {"dynamodb:Query", "dynamodb:BatchGetItem"}
    }

    assert written == {
        ("dynamodb:GetItem", "PAUSE"),
        ("dynamodb:GetItem", "SWEEP"),
        ("dynamodb:PutItem", "SWEEP"),
        ("dynamodb:UpdateItem", "RELEASE_BREAKER"),
        ("dynamodb:DeleteItem", "RELEASE_BREAKER"),
    }


def test_what_attaches_detaches_or_sweeps_reads_the_pause_and_no_other_item_by_key() -> None:
    """Each of them stops by it; the steps that change nothing in EC2 need not."""
    readers = {
        role: it["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"]
        for role, _, it in granted("${AttachmentsTable.Arn}", "dynamodb:GetItem")
        if it["Sid"] == "ReadThePause"
    }

    assert readers == {
        "ReconcileInstancesRole": ["PAUSE"],
        "SweepAccountRole": ["PAUSE"],
        "DetachInterfaceRole": ["PAUSE"],
    }


def test_no_role_may_write_the_pause_or_its_audit_entries() -> None:
    """Operators alone pause; an intruder in a function can neither end a pause nor forge one."""
    open_writers = {
        (role, arn)
        for table in ("${AttachmentsTable.Arn}", "${AuditTable.Arn}")
        for action in ("dynamodb:PutItem", "dynamodb:DeleteItem")
        for role, arn, it in granted(table, action)
        if "dynamodb:LeadingKeys" not in str(it.get("Condition"))
    }
    fence = {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["PAUSE", "PAUSE#*"]}}
    fenced = {
        (role, arn)
        for role, properties in ROLES.items()
        for it in statements(properties)
        for arn in it["Resource"]
        if it["Effect"] == "Deny" and fence == it["Condition"]
        if {"dynamodb:PutItem", "dynamodb:DeleteItem"} == set(it["Action"])
    }

    assert {role for role, _ in open_writers} == {role for role, _ in fenced}
    assert open_writers == fenced


def test_the_reconciler_alone_starts_rollbacks_and_nothing_else() -> None:
    """Another state machine of the account is none of its business."""
    started = [(role, arn) for role, arn, _ in granted("", "states:StartExecution")]

    assert started == [("ReconcileInstancesRole", "${RollbackStateMachine}")]


def test_the_reconciler_describes_executions_of_the_rollback_alone() -> None:
    """To tell one that a pause has ended from one that has died."""
    ((role, arn, _),) = granted("", "states:DescribeExecution")

    assert role == "ReconcileInstancesRole"
    assert arn.endswith(":execution:dualhome-rollback:*")


def test_only_the_status_tag_may_be_written_and_only_where_we_work() -> None:
    """A role that could write our input tags could grant itself every attachment."""
    only_status = {"ForAllValues:StringEquals": {"aws:TagKeys": ["dualhome-status"]}}
    conditions = {
        action: {
            (role, arn.rpartition(":")[2]): it["Condition"] for role, arn, it in granted("", action)
        }
        for action in ("ec2:CreateTags", "ec2:DeleteTags")
    }
    expected = {
        ("WriteStatusRole", "instance/*"): only_status | {"Null": {"aws:TagKeys": "false"}},
        ("WriteStatusRole", "network-interface/*"): only_status
        | {"Null": {"aws:TagKeys": "false", "aws:ResourceTag/dualhome:pool": "false"}},
    }

    assert conditions == {"ec2:CreateTags": expected, "ec2:DeleteTags": expected}


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        ("both", {"instance", "network-interface"}),
        ("instance", {"instance"}),
        ("interface", {"network-interface"}),
        ("none", set()),
    ],
)
def test_what_shall_carry_no_status_tag_may_not_be_tagged(value: str, kinds: set[str]) -> None:
    """An account whose tags another tool owns need not trust us to leave them alone."""
    role = resources("IAM::Role", StatusTags=value)["WriteStatusRole"]
    tagged = {
        arn.rpartition(":")[2].partition("/")[0]
        for statement in statements(role)
        for arn in statement["Resource"]
        if "ec2:CreateTags" in statement["Action"]
    }

    assert tagged == kinds


def test_events_leave_under_our_own_name_only() -> None:
    """A subscriber of the source dualhome can trust that we alone write it."""
    ((role, arn, statement),) = granted("", "events:PutEvents")

    assert role == "PublishChangesRole"
    assert arn.endswith(":event-bus/default")
    assert statement["Condition"] == {
        "ForAllValues:StringEquals": {"events:source": "dualhome"},
        "Null": {"events:source": "false"},
    }


def test_what_cannot_be_published_may_be_kept_in_its_queue() -> None:
    """Lambda sends a failed stream batch with the function's own role; so does the function."""
    ((role, _, statement),) = granted("${PublishFailuresQueue.Arn}")

    assert (role, statement["Action"]) == ("PublishChangesRole", ["sqs:SendMessage"])


def test_the_doctor_simulates_each_action_on_ec2_that_a_role_grants() -> None:
    """One that it forgets is missing in an account, and no check says so."""
    simulated = {(it.role, action) for it in needs(TagKeys(), "us-east-1") for action in it.actions}

    assert simulated == {
        (role, action)
        for role, it in ROLES.items()
        for statement in statements(it)
        for action in statement["Action"]
        if action.startswith("ec2:")
    }
