"""CloudFormation keeps what protects a role and a table, and a table's policy is asked."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.localcloud.cloud import Lab
from tests.integration.localcloud.guarded import Scene

TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
NO_DELETE = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "dynamodb:DeleteItem",
    "Resource": "*",
}
ITEM = {"pk": {"S": "1"}}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def template(role: dict[str, Any], table: dict[str, Any]) -> str:
    """Return a template of a role and a table, with these properties beside the usual ones."""
    usual = {
        "TableName": "protected",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    }
    trusted = {"RoleName": "bounded", "AssumeRolePolicyDocument": policy(TRUST)}
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": trusted | role},
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": usual | table},
    }
    return json.dumps({"Resources": resources})


def deploy(lab: Lab, role: dict[str, Any], table: dict[str, Any], *, update: bool = False) -> None:
    """Create a stack of the two, or update it."""
    stacks = lab.client("cloudformation")
    call, done = ("update_stack", "update") if update else ("create_stack", "create")
    getattr(stacks, call)(
        StackName="stack",
        TemplateBody=template(role, table),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    stacks.get_waiter(f"stack_{done}_complete").wait(
        StackName="stack", WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )


def test_a_boundary_a_key_and_a_table_s_policy_come_and_go_with_the_template(lab: Lab) -> None:
    """ministack drops them, and a test of ours would pass without them."""
    boundary = lab.client("iam").create_policy(
        PolicyName="all",
        PolicyDocument=json.dumps(policy({"Effect": "Allow", "Action": "*", "Resource": "*"})),
    )["Policy"]["Arn"]
    key = "arn:aws:kms:us-east-1:111122223333:key/0a1b"
    encrypted = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    protected = {
        "SSESpecification": encrypted,
        "ResourcePolicy": {"PolicyDocument": policy(NO_DELETE)},
    }
    iam, tables = lab.client("iam"), lab.client("dynamodb")

    deploy(lab, {"PermissionsBoundary": boundary}, protected)
    table = tables.describe_table(TableName="protected")["Table"]
    kept = tables.get_resource_policy(ResourceArn=table["TableArn"])["Policy"]

    bounds = iam.get_role(RoleName="bounded")["Role"]["PermissionsBoundary"]
    assert bounds["PermissionsBoundaryArn"] == boundary
    assert table["SSEDescription"]["KMSMasterKeyArn"] == key
    assert json.loads(kept) == policy(NO_DELETE)

    deploy(lab, {}, {}, update=True)

    assert "PermissionsBoundary" not in iam.get_role(RoleName="bounded")["Role"]
    with pytest.raises(ClientError, match="No resource-based policy"):
        tables.get_resource_policy(ResourceArn=table["TableArn"])


def test_what_a_table_s_own_policy_denies_no_other_policy_allows(scene: Scene) -> None:
    """IAM User Guide, "Policy evaluation logic": a Deny anywhere is final."""
    deploy(scene, {}, {"ResourcePolicy": {"PolicyDocument": policy(NO_DELETE)}})
    iam = scene.client("iam")
    iam.create_user(UserName="administrator")
    allowed = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
    iam.put_user_policy(
        UserName="administrator", PolicyName="all", PolicyDocument=json.dumps(allowed)
    )
    issued = iam.create_access_key(UserName="administrator")["AccessKey"]
    tables = scene.cloud.client("dynamodb", issued["AccessKeyId"], issued["SecretAccessKey"], "")

    tables.put_item(TableName="protected", Item=ITEM)
    with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
        tables.delete_item(TableName="protected", Key=ITEM)
    assert "Item" in tables.get_item(TableName="protected", Key=ITEM)
