"""Who may do what: each role, and each queue's policy, grants what is needed and no more."""

import re

import pytest

from tests.support.template import Json, resources, source, statements

FUNCTIONS = resources("Serverless::Function")
ROLES = resources("IAM::Role")
QUEUES = resources("SQS::Queue")
RULES = resources("Events::Rule")
LOG_GROUPS = resources("Logs::LogGroup")

# No resource type exists for these (Service Authorization Reference).
NO_NARROWER_RESOURCE = re.compile(r"ec2:Describe\w+|dynamodb:ListStreams")


def granted(resource: str, action: str = "") -> list[tuple[str, str, Json]]:
    """Return (role, ARN, statement) of what is granted on ARNs with ``resource`` in them."""
    return [
        (role, arn, statement)
        for role, properties in ROLES.items()
        for statement in statements(properties)
        for arn in statement["Resource"]
        if resource in arn and (not action or action in statement["Action"])
    ]


def queue_policy(queue: str) -> dict[str, Json]:
    """Return the statements of the policy of ``queue``, by their effect."""
    (policy,) = (
        it for it in resources("SQS::QueuePolicy").values() if it["Queues"] == [f"${{{queue}}}"]
    )
    return {it["Effect"]: it for it in policy["PolicyDocument"]["Statement"]}


def test_every_function_has_a_role_of_its_own() -> None:
    """A shared role would give each function what any of them needs."""
    used = sorted(function["Role"] for function in FUNCTIONS.values())

    assert used == sorted(f"${{{role}.Arn}}" for role in ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_names_each_action_and_each_resource(role: str) -> None:
    """A wildcard is allowed only where AWS offers nothing narrower."""
    for statement in statements(ROLES[role]):
        assert not any("*" in action for action in statement["Action"]), statement
        if "*" in statement["Resource"]:
            assert all(map(NO_NARROWER_RESOURCE.fullmatch, statement["Action"])), statement


def test_nobody_may_change_or_remove_an_audit_record() -> None:
    """The past is append-only by permission, not by good manners."""
    actions = {(role, arn): set(it["Action"]) for role, arn, it in granted("${AuditTable")}

    assert actions.pop(("ReconcileInstancesRole", "${AuditTable.Arn}")) == {"dynamodb:PutItem"}
    assert actions.keys() == {("PublishChangesRole", "${AuditTable.StreamArn}")}


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


def test_only_the_status_tag_may_be_written_and_only_where_we_work() -> None:
    """A role that could write our input tags could grant itself every attachment."""
    only_status = {"ForAllValues:StringEquals": {"aws:TagKeys": ["dualhome-status"]}}
    conditions = {
        (role, arn.rpartition(":")[2]): it["Condition"]
        for role, arn, it in granted("", "ec2:CreateTags")
    }

    assert conditions == {
        ("PublishChangesRole", "instance/*"): only_status | {"Null": {"aws:TagKeys": "false"}},
        ("PublishChangesRole", "network-interface/*"): only_status
        | {"Null": {"aws:TagKeys": "false", "aws:ResourceTag/dualhome:pool": "false"}},
    }


def test_events_leave_under_our_own_name_only() -> None:
    """Whoever subscribes to the source dualhome can trust it to be nobody else's word for us."""
    ((role, arn, statement),) = granted("", "events:PutEvents")

    assert role == "PublishChangesRole"
    assert arn.endswith(":event-bus/default")
    assert statement["Condition"] == {
        "ForAllValues:StringEquals": {"events:source": "dualhome"},
        "Null": {"events:source": "false"},
    }


def test_what_cannot_be_published_may_be_set_aside() -> None:
    """Lambda sends a failed stream batch with the function's own role."""
    ((role, _, statement),) = granted("${PublishFailuresQueue.Arn}")

    assert (role, statement["Action"]) == ("PublishChangesRole", ["sqs:SendMessage"])


@pytest.mark.parametrize("queue", ["ChangesQueue", "RuleDeadLetterQueue"])
def test_a_queue_of_events_accepts_exactly_our_rules(queue: str) -> None:
    """Another rule of the account could wake us with anything; ours must all get through."""
    allow = queue_policy(queue)["Allow"]

    assert allow["Principal"] == {"Service": "events.amazonaws.com"}
    assert allow["Action"] == "sqs:SendMessage"
    assert sorted(allow["Condition"]["ArnEquals"]["aws:SourceArn"]) == sorted(
        f"${{{rule}.Arn}}" for rule in RULES
    )


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_is_encrypted_at_rest_and_on_the_way(queue: str) -> None:
    """Messages name instances and VPCs."""
    deny = queue_policy(queue)["Deny"]

    assert QUEUES[queue]["SqsManagedSseEnabled"] is True
    assert deny["Principal"] == "*"
    assert deny["Resource"] == f"${{{queue}.Arn}}"
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_writes_to_its_own_log_group_which_forgets(name: str) -> None:
    """A group that Lambda makes by itself keeps logs for ever."""
    group = FUNCTIONS[name]["LoggingConfig"]["LogGroup"].strip("${}")
    role = FUNCTIONS[name]["Role"].removeprefix("${").removesuffix(".Arn}")
    writable = {(who, arn) for who, arn, _ in granted("", "logs:PutLogEvents") if who == role}

    assert writable == {(role, f"${{{group}.Arn}}")}
    assert int(LOG_GROUPS[group]["RetentionInDays"]) > 0


def test_arns_name_no_partition() -> None:
    """The same template serves the commercial, the Chinese and the government Regions."""
    assert "arn:aws" not in source()
