"""IAM's simulation decides by the condition keys that it is given, as on AWS."""

import json
from typing import Any

import pytest

from tests.integration.localcloud.cloud import Lab
from tests.integration.localcloud.guarded import allow

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
TAGGED = {"Null": {"aws:ResourceTag/pool": "false"}}
ONE_KEY = {
    "ForAllValues:StringEquals": {"aws:TagKeys": ["status"]},
    "Null": {"aws:TagKeys": "false"},
}


def simulate(
    lab: Lab,
    statement: Any,  # noqa: ANN401 - policy language
    action: str,
    path: str = "/",
    **context: str,
) -> str:
    """Return the decision about a role with one statement, by IAM."""
    iam = lab.client("iam")
    document = json.dumps({"Statement": [TRUST | {"Action": "sts:AssumeRole"}]})
    made = iam.create_role(RoleName="role", AssumeRolePolicyDocument=document, Path=path)["Role"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName="role", PolicyName="p", PolicyDocument=policy)
    entries = [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for key, value in context.items()
    ]
    (found,) = iam.simulate_principal_policy(
        PolicySourceArn=made["Arn"], ActionNames=[action], ContextEntries=entries
    )["EvaluationResults"]
    decision: str = found["EvalDecision"]
    return decision


@pytest.mark.parametrize(
    ("context", "decision"),
    [({"aws:ResourceTag/pool": "mgmt"}, "allowed"), ({}, "implicitDeny")],
    ids=["tagged", "not tagged"],
)
def test_a_condition_on_a_tag_sees_the_tag_that_is_given(
    lab: Lab, context: dict[str, str], decision: str
) -> None:
    """Without it every fence of ours would look like a missing permission."""
    statement = allow("AttachNetworkInterface", when=TAGGED)

    assert decision == simulate(lab, statement, "ec2:AttachNetworkInterface", **context)


def test_a_role_is_found_under_its_path(lab: Lab) -> None:
    """Its ARN is all that the simulation is given."""
    asked = (allow("DescribeVpcs"), "ec2:DescribeVpcs", "/network/dualhome/")

    assert "allowed" == simulate(lab, *asked)


@pytest.mark.parametrize(("key", "decision"), [("status", "allowed"), ("targets", "implicitDeny")])
def test_a_key_of_many_values_is_compared_as_such(lab: Lab, key: str, decision: str) -> None:
    """``aws:TagKeys`` is a list, whatever its length."""
    statement = allow("CreateTags", when=ONE_KEY)

    assert decision == simulate(lab, statement, "ec2:CreateTags", **{"aws:TagKeys": key})


def test_what_one_simulation_is_given_no_other_one_sees(lab: Lab) -> None:
    """The keys end with the call."""
    statement = allow("AttachNetworkInterface", when=TAGGED)
    given = {"aws:ResourceTag/pool": "mgmt"}
    assert "allowed" == simulate(lab, statement, "ec2:AttachNetworkInterface", **given)
    lab.client("iam").delete_role_policy(RoleName="role", PolicyName="p")
    lab.client("iam").delete_role(RoleName="role")

    assert "implicitDeny" == simulate(lab, statement, "ec2:AttachNetworkInterface")
