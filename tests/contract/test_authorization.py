"""No policy names what IAM does not know: AWS's reference is asked about each statement."""

import json
import re

import pytest

from tests.support.offenders import offenders
from tests.support.readers.authorization import Json, objections, ungranted
from tests.support.readers.checkout import tracked
from tests.support.readers.policies import HERE, granted
from tests.support.readers.template import ROLES

QUEUE = f"arn:aws:sqs:{HERE}:dualhome-q"
TABLE = f"arn:aws:dynamodb:{HERE}:table/dualhome-t"
LOG = f"arn:aws:logs:{HERE}:log-group:/aws/lambda/dualhome/x"
INSTANCES = f"arn:aws:ec2:{HERE}:instance/*"
INTERFACES = f"arn:aws:ec2:{HERE}:network-interface/*"
KEY = f"arn:aws:kms:{HERE}:key/0a1b"


def test_each_action_resource_and_condition_key_of_the_templates_is_known() -> None:
    """IAM accepts a wrong one without a word: it then grants nothing, or forbids nothing."""
    found = {it.where: objections(it.statement, it.itself) for it in granted()}

    assert {"ReconcileInstancesRole.AttachPoolInterfaces", "AlarmKey.AlarmsEncrypt"} <= set(found)
    assert {} == {where: wrong for where, wrong in found.items() if wrong}


def test_an_action_on_two_resources_is_granted_on_both() -> None:
    """EC2 asks about the instance and about the interface: half a permission is none."""
    everything = granted()

    def facts(role: str) -> dict[str, bool]:
        of_role = [it.statement for it in everything if it.where.startswith(f"{role}.")]
        return {"has statements": bool(of_role), "grants all or nothing": not ungranted(of_role)}

    assert {} == offenders(dict(zip(ROLES, ROLES, strict=True)), facts)


def test_the_operator_s_policy_in_the_documentation_is_known_too() -> None:
    """It is copied into an account as it stands."""
    (text,) = re.findall(
        r"```json\n(\{\s+\"Version.*?)```", tracked(".md")["docs/operations.md"], re.DOTALL
    )
    filled = text.replace("REGION:ACCOUNT", HERE).replace("REGION", HERE.partition(":")[0])
    found = {it["Sid"]: objections(it) for it in json.loads(filled)["Statement"]}

    assert {"FindTheStack", "PauseAndResume"} <= set(found)
    assert {} == {sid: wrong for sid, wrong in found.items() if wrong}


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        pytest.param(
            {"Action": "sqs:SendMesage", "Resource": QUEUE},
            "sqs:SendMesage: no such action",
            id="action",
        ),
        pytest.param(
            {"Action": "sqs:Post*", "Resource": QUEUE},
            "sqs:Post*: no such action",
            id="wildcard that means nothing",
        ),
        pytest.param(
            {"Action": "dynamodb:PutItem", "Resource": f"{TABLE}/index/by-target"},
            f"dynamodb:PutItem: is never asked about {TABLE}/index/by-target, but about table",
            id="resource type",
        ),
        pytest.param(
            {"Action": ["logs:PutLogEvents"], "Resource": [f"{LOG}:*", LOG]},
            f"logs:PutLogEvents: is never asked about {LOG}, but about log-stream",
            id="one of two resources",
        ),
        pytest.param(
            {"Action": "sqs:SendMessage", "Resource": "*"},
            "sqs:SendMessage: is never asked about *, but about queue",
            id="everything, where a resource can be named",
        ),
        pytest.param(
            {"Action": "ec2:DescribeInstances", "Resource": INSTANCES},
            f"ec2:DescribeInstances: is never asked about {INSTANCES}, but about * alone",
            id="a resource, where none can be named",
        ),
        pytest.param(
            {
                "Action": "ec2:AttachNetworkInterface",
                "Resource": [INSTANCES, INTERFACES],
                "Condition": {"ArnEquals": {"ec2:Vpc": "arn:aws:ec2:us-east-1:1:vpc/vpc-1"}},
            },
            f"ec2:AttachNetworkInterface: does not fulfil the condition key ec2:Vpc on {INSTANCES}",
            id="condition key of the other resource type",
        ),
        pytest.param(
            {
                "Action": ["sqs:SendMessage"],
                "Resource": QUEUE,
                "Condition": {"Null": {"aws:TagKeys": "false"}},
            },
            f"sqs:SendMessage: does not fulfil the condition key aws:TagKeys on {QUEUE}",
            id="tags of a request that carries none",
        ),
        pytest.param(
            {
                "Action": "sqs:SendMessage",
                "Resource": QUEUE,
                "Condition": {"ArnEquals": {"aws:SourceArm": QUEUE}},
            },
            f"sqs:SendMessage: does not fulfil the condition key aws:SourceArm on {QUEUE}",
            id="global key with a slip",
        ),
    ],
)
def test_what_is_wrong_is_named(statement: Json, said: str) -> None:
    """The test that asks is worth what it finds."""
    assert [said] == objections(statement)


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": "dynamodb:Query", "Resource": [TABLE, f"{TABLE}/index/by-target"]},
        {"Action": "dynamodb:Query", "Resource": f"{TABLE}-*"},
        {"Action": "logs:CreateLogStream", "Resource": f"{LOG}:*"},
        {"Action": "ec2:DescribeInstances", "Resource": "*"},
        {
            "Action": "ec2:AttachNetworkInterface",
            "Resource": INTERFACES,
            "Condition": {"Null": {"aws:ResourceTag/dualhome:pool": "false"}},
        },
        {
            "Action": "sqs:*",
            "Resource": QUEUE,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ],
)
def test_what_is_right_is_let_pass(statement: Json) -> None:
    """An objection to what AWS documents would be silenced, and others with it."""
    assert [] == objections(statement)


def test_an_asterisk_in_a_resource_s_own_policy_means_that_resource() -> None:
    """A key's policy can name nothing else."""
    statement = {"Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*"}

    assert [] == objections(statement, KEY)
    assert len(objections(statement, QUEUE)) == len(objections(statement)) == 2


def test_half_a_permission_is_named() -> None:
    """It deploys, and fails at the first attachment."""
    on_interfaces = {"Action": "ec2:AttachNetworkInterface", "Resource": INTERFACES}

    assert ungranted([on_interfaces]) == [
        "ec2:AttachNetworkInterface: nothing grants it on instance"
    ]
    assert [] == ungranted([on_interfaces, on_interfaces | {"Resource": [INSTANCES]}])
