"""What a careful account demands of a stack: boundaries, paths, keys of its own, no secrets."""

import json
import re

import pytest

from tests.support.offenders import offenders
from tests.support.readers.authorization import objections
from tests.support.readers.checkout import tracked
from tests.support.readers.policies import HERE, granted
from tests.support.readers.template import (
    Json,
    load,
    load_observability,
    of_kind,
    parsed,
    resources,
    statements,
)

BOUNDARY = "arn:aws:iam::111122223333:policy/workloads"
KEY = f"arn:aws:kms:{HERE}:key/0a1b2c3d"
OF_THE_KEY = {"kms:Decrypt", "kms:DescribeKey"}
TO_WRITE = {"kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"}
WRITES = {f"dynamodb:{verb}Item" for verb in ("Put", "Update", "Delete")}


def roles(**parameters: str) -> dict[str, Json]:
    """Return every role of both templates."""
    within = of_kind(load_observability(**parameters), "IAM::Role")
    return resources("IAM::Role", **parameters) | within


def test_a_boundary_that_is_given_bounds_every_role() -> None:
    """An account that demands it refuses the first role without one, and with it the stack."""
    given = roles(PermissionsBoundaryArn=BOUNDARY)

    assert {} == offenders(
        given, lambda role: {"is bounded": role["PermissionsBoundary"] == BOUNDARY}
    )
    assert {} == offenders(roles(), lambda role: {"is free": "PermissionsBoundary" not in role})


def test_every_role_has_the_path() -> None:
    """Policies of the account know our roles by it."""
    given = roles(RolePath="/network/dualhome/")

    assert {} == offenders(given, lambda role: {"has it": role["Path"] == "/network/dualhome/"})
    assert {} == offenders(roles(), lambda role: {"is at the root": role["Path"] == "/"})


@pytest.mark.parametrize(
    ("parameter", "value", "taken"),
    [
        ("RolePath", "/", True),
        ("RolePath", "/network/dualhome/", True),
        ("RolePath", "network/", False),
        ("RolePath", "/network", False),
        ("RolePath", "//", False),
        ("PermissionsBoundaryArn", "", True),
        ("PermissionsBoundaryArn", BOUNDARY, True),
        ("PermissionsBoundaryArn", "arn:aws-cn:iam::111122223333:policy/a/b", True),
        ("PermissionsBoundaryArn", "arn:aws:iam::aws:policy/PowerUserAccess", True),
        ("PermissionsBoundaryArn", "workloads", False),
        ("PermissionsBoundaryArn", "arn:aws:iam::111122223333:role/workloads", False),
        ("KmsKeyArn", "", True),
        ("KmsKeyArn", KEY, True),
        ("KmsKeyArn", f"arn:aws:kms:{HERE}:key/mrk-0a1b2c3d", True),
        ("KmsKeyArn", f"arn:aws:kms:{HERE}:alias/tables", False),
        ("KmsKeyArn", "0a1b2c3d", False),
    ],
)
def test_what_iam_or_kms_would_refuse_is_refused_at_once(
    parameter: str,
    value: str,
    taken: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    """An alias, for one, deploys, and then no statement about the key is ever fulfilled."""
    pattern = load()["Parameters"][parameter]["AllowedPattern"]

    assert taken == bool(re.search(pattern, value))


def test_a_key_that_is_given_encrypts_tables_and_logs() -> None:
    """One that is left out would be found by an auditor."""
    tables = resources("DynamoDB::Table", KmsKeyArn=KEY)
    logs = resources("Logs::LogGroup", KmsKeyArn=KEY)
    under_the_key = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}

    assert {} == offenders(
        tables, lambda table: {"encrypted": table["SSESpecification"] == under_the_key}
    )
    assert {} == offenders(logs, lambda group: {"encrypted": group["KmsKeyId"] == KEY})
    assert KEY not in json.dumps(load_observability(KmsKeyArn=KEY))


def test_without_a_key_nothing_speaks_of_one() -> None:
    """A permission on an empty ARN would fail the deployment."""
    assert "kms:" not in json.dumps(load()["Resources"])
    assert "KmsKeyId" not in json.dumps(resources("Logs::LogGroup"))


def test_who_reads_or_writes_a_table_may_use_its_key_for_that() -> None:
    """And no other role may, nor for anything else: DynamoDB asks for its caller."""

    def facts(role: Json) -> dict[str, bool]:
        found = [it for it in statements(role) if it["Effect"] == "Allow"]
        of_key = [it for it in found if any("kms:" in action for action in it["Action"])]
        on_tables = {
            action
            for it in found
            for action in it["Action"]
            if "Table" in "".join(it["Resource"]) and action.startswith("dynamodb:")
        }
        needed = OF_THE_KEY | (TO_WRITE if on_tables & WRITES else set()) if on_tables else set()
        by_dynamodb = {"StringEquals": {"kms:ViaService": "dynamodb.us-east-1.amazonaws.com"}}
        return {
            "no more, no less": {action for it in of_key for action in it["Action"]} == needed,
            "this key": all(it["Resource"] == [KEY] for it in of_key),
            "by way of DynamoDB": all(it["Condition"] == by_dynamodb for it in of_key),
        }

    assert {} == offenders(roles(KmsKeyArn=KEY), facts)


def test_a_key_changes_no_queue_and_not_the_topic() -> None:
    """EventBridge loses what it may not encrypt, its dead letters too (docs/security.md)."""
    for kind in ("SQS::Queue", "SQS::QueuePolicy"):
        assert resources(kind) == resources(kind, KmsKeyArn=KEY)
    assert load_observability() == load_observability(KmsKeyArn=KEY)


def test_the_key_s_policy_in_the_documentation_is_known_to_iam() -> None:
    """It is copied into an account as it stands."""
    (text,) = re.findall(r"```json\n(.*?)```", tracked(".md")["docs/security.md"], re.DOTALL)
    account = HERE.partition(":")[2]
    filled = text.replace("REGION", HERE.partition(":")[0]).replace("ACCOUNT", account)
    found = {it["Sid"]: objections(it, KEY) for it in json.loads(filled)["Statement"]}

    assert {"TheAccountDecides": [], "LogsEncrypt": []} == {
        sid: found.pop(sid) for sid in ("TheAccountDecides", "LogsEncrypt")
    }
    assert {} == {sid: wrong for sid, wrong in found.items() if wrong}


def test_the_key_s_policy_in_the_documentation_admits_all_our_logs() -> None:
    """A group that it leaves out fails the deployment."""
    logs = [it["LogGroupName"] for it in resources("Logs::LogGroup").values()]
    text = tracked(".md")["docs/security.md"]
    admitted = re.findall(r"log-group:([^\"]+)\"", text)

    assert [] == [
        name
        for name in logs
        if not any(re.fullmatch(it.replace("*", ".*"), name) for it in admitted)
    ]


@pytest.mark.parametrize(
    ("role", "source"),
    [
        ("SweepScheduleRole", f"arn:aws:scheduler:{HERE}:schedule-group/default"),
        ("RollbackRole", f"arn:aws:states:{HERE}:stateMachine:dualhome-rollback"),
    ],
)
def test_a_service_takes_on_a_role_for_our_own_resource_alone(role: str, source: str) -> None:
    """
    Else another account might have the service act with it.

    The local cloud's Scheduler and Step Functions ask no trust policy, so this proves what the
    template says, not that AWS fulfils the keys.
    """
    (trust,) = roles()[role]["AssumeRolePolicyDocument"]["Statement"]

    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": source},
    }


def test_the_schedule_is_in_the_group_that_its_role_trusts() -> None:
    """In another one it would never run."""
    tick = resources("Serverless::Function")["SweepAccountFunction"]["Events"]["Tick"]

    assert tick["Type"] == "ScheduleV2"
    assert "GroupName" not in tick["Properties"]


@pytest.mark.parametrize("file", ["template.yaml", "observability.yaml"])
def test_an_address_that_may_hold_a_token_is_never_shown(file: str) -> None:
    """DescribeStacks is open to more people than the alarms' receiver is."""
    template = parsed(file)

    assert template["Parameters"]["AlarmEndpoint"]["NoEcho"] is True
    assert "AlarmEndpoint" not in json.dumps(template["Outputs"])


@pytest.mark.parametrize("parameters", [{"KmsKeyArn": KEY}, {"StatusTags": "none"}])
def test_what_a_parameter_adds_to_the_policies_is_known_to_iam(parameters: dict[str, str]) -> None:
    """The defaults are not all that is deployed."""
    found = {it.where: objections(it.statement, it.itself) for it in granted(**parameters)}

    assert {} == {where: wrong for where, wrong in found.items() if wrong}
