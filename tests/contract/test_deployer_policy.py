"""docs/deployer-policy.json: enough to deploy, update and delete the stack, and not more."""

import json
import re

import pytest

from tests.support.readers.authorization import as_list, fits, objections, ungranted
from tests.support.readers.checkout import tracked
from tests.support.readers.deployment import (
    OF_SAM,
    UNUSED,
    allowed_by,
    lacking,
    needed,
    types,
    unused_by_any,
)
from tests.support.readers.policies import ARNS, HERE, arn
from tests.support.readers.template import Json, load, load_observability

FILE = "docs/deployer-policy.json"
INLINE_POLICIES = 10_240
"""Characters that a role's inline policies may have, white space aside (IAM quotas)."""

CREATES = {
    "AWS::DynamoDB::Table": ("dynamodb:CreateTable", "Arn"),
    "AWS::Events::Rule": ("events:PutRule", "Arn"),
    "AWS::IAM::Role": ("iam:CreateRole", "Arn"),
    "AWS::SNS::Topic": ("sns:CreateTopic", "Ref"),
    "AWS::SQS::Queue": ("sqs:CreateQueue", "Arn"),
    "AWS::Serverless::Function": ("lambda:CreateFunction", "Arn"),
    "AWS::CloudFormation::Stack": ("cloudformation:CreateStack", "Ref"),
}
"""By type: the action that makes one, and the attribute that is its ARN."""


def policy() -> Json:
    """Return the policy, filled in for the account of the tests."""
    account, region = HERE.partition(":")[2], HERE.partition(":")[0]
    text = tracked(".json")[FILE].replace("REGION", region).replace("ACCOUNT", account)
    parsed: Json = json.loads(text.replace("BUCKET", "packages"))
    return parsed


def allows(action: str, resource: str) -> bool:
    """Say whether a statement allows ``action`` on ``resource``, conditions aside."""
    return any(
        action in as_list(it["Action"])
        and any(fits(resource, pattern) for pattern in as_list(it["Resource"]))
        for it in policy()["Statement"]
    )


def test_every_resource_type_of_the_templates_can_be_deployed() -> None:
    """CloudFormation acts with its caller's permissions, and fails half-way for want of one."""
    assert {"AWS::Lambda::EventSourceMapping", "AWS::Scheduler::Schedule"} <= types()
    assert {} == lacking(policy(), types())


def test_nothing_is_allowed_that_no_resource_type_needs() -> None:
    """The next reader cannot tell a mistake from a need."""
    of_types = {action for actions in needed(types()).values() for action in actions}

    assert set() == allowed_by(policy()) - of_types - OF_SAM
    assert set() == OF_SAM - allowed_by(policy())


def test_another_resource_type_is_named_with_what_it_takes() -> None:
    """The person who adds one learns it here, not from a deployment that is denied."""
    found = lacking(policy(), types() | {"AWS::SSM::Document"})

    assert ["AWS::SSM::Document"] == list(found)
    assert "ssm:CreateDocument" in found["AWS::SSM::Document"]


def test_each_reason_to_leave_an_action_out_still_leaves_one_out() -> None:
    """One that no schema gives rise to any more hides what comes next."""
    assert [] == unused_by_any(types())
    assert len(UNUSED) > 10


def test_each_statement_is_known_to_iam() -> None:
    """It is copied into an account as it stands."""
    found = {it["Sid"]: objections(it) for it in policy()["Statement"]}

    assert {} == {sid: wrong for sid, wrong in found.items() if wrong}
    assert [] == ungranted(policy()["Statement"])


def test_a_statement_on_everything_holds_for_cloudformation_or_our_functions_alone() -> None:
    """By itself it would let its holder end subscriptions, queries and keys of others."""
    wide = {
        it["Sid"]: [key for test in it.get("Condition", {}).values() for key in test]
        for it in policy()["Statement"]
        if any("*" in arn and "dualhome" not in arn for arn in as_list(it["Resource"]))
    }

    assert wide.pop("LayerVersions") == []
    assert wide == {
        "TagFunctionsAndTheirEventSources": ["aws:CalledVia"],
        "CreateEventSources": ["lambda:FunctionArn"],
        "EventSources": ["lambda:FunctionArn"],
        "WhatHasNoNameToNarrow": ["aws:CalledVia"],
        "KeyOfTheAlarms": ["aws:CalledVia"],
    }


@pytest.mark.parametrize("kind", CREATES)
def test_what_the_templates_name_is_what_the_policy_lets_one_create(kind: str) -> None:
    """A prefix that is wrong denies the first of them."""
    action, attribute = CREATES[kind]
    found = [
        name if attribute == "Ref" else f"{name}.{attribute}"
        for template in (load(), load_observability())
        for name, it in template["Resources"].items()
        if it["Type"] == kind
    ]
    everything = load() | {"Resources": load()["Resources"] | load_observability()["Resources"]}

    assert (kind, attribute) in ARNS
    assert found
    assert [] == [it for it in found if not allows(action, arn(everything, f"${{{it}}}"))]


def test_named_logs_alarms_and_the_state_machine_are_covered() -> None:
    """Their names are the templates' own."""
    everything = {**load()["Resources"], **load_observability()["Resources"]}.values()
    names = {
        "AWS::Logs::LogGroup": ("logs:CreateLogGroup", "logs", "log-group:", "LogGroupName"),
        "AWS::CloudWatch::Alarm": (
            "cloudwatch:PutMetricAlarm",
            "cloudwatch",
            "alarm:",
            "AlarmName",
        ),
        "AWS::Serverless::StateMachine": (
            "states:CreateStateMachine",
            "states",
            "stateMachine:",
            "Name",
        ),
    }
    found = [
        (action, f"arn:aws:{service}:{HERE}:{kind}{it['Properties'][name]}")
        for it in everything
        if it["Type"] in names
        for action, service, kind, name in [names[it["Type"]]]
    ]

    assert len(found) > 20
    assert [] == [it for it in found if not allows(*it)]


def test_it_fits_into_a_role() -> None:
    """Inline; a managed policy may have 6,144 characters, and this would be two."""
    assert len(re.sub(r"\s", "", tracked(".json")[FILE])) <= INLINE_POLICIES


def test_a_boundary_can_be_demanded_where_roles_are_made() -> None:
    """The documentation says so: IAM fulfils the key for each action of the statement."""
    (condition,) = re.findall(
        r"```json\n\s+(\{\"StringEquals\".*\})\n", tracked(".md")["docs/parameters.md"]
    )
    (make,) = (it for it in policy()["Statement"] if it["Sid"] == "CreateRoles")

    assert [] == objections(make | {"Condition": json.loads(condition)})
    assert {"iam:CreateRole", "iam:PutRolePolicy"} <= set(make["Action"])
