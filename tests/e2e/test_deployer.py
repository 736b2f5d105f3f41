"""
A principal with docs/deployer-policy.json and nothing else deploys, updates and deletes the stack.

The local cloud asks about what `sam deploy` and `aws cloudformation` call themselves. What
CloudFormation then calls on the principal's behalf it carries out without asking: that the policy
has those actions, tests/contract/test_deployer_policy.py reads in CloudFormation's schemas.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from localcloud.client.deploy import ARTIFACTS_BUCKET
from localcloud.client.environment import ACCOUNT, REGION
from localcloud.client.lifecycle import LocalCloud
from sam_command.run import SamError
from tests.support.readers.template import ROOT

TEMPLATE = ROOT / "template.yaml"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A local cloud that asks its IAM policies about every call."""
    with LocalCloud.start(tmp_path_factory.mktemp("deployer"), auth=True) as it:
        yield it


@pytest.fixture(scope="module")
def deployer(cloud: LocalCloud) -> Mapping[str, str]:
    """The credentials of a user with the policy, filled in as the documentation says."""
    text = (ROOT / "docs/deployer-policy.json").read_text(encoding="utf-8")
    for word, value in (("REGION", REGION), ("ACCOUNT", ACCOUNT), ("BUCKET", ARTIFACTS_BUCKET)):
        text = text.replace(word, value)
    iam = cloud.client("iam")
    iam.create_user(UserName="deployer")
    iam.put_user_policy(UserName="deployer", PolicyName="deploy", PolicyDocument=text)
    key = iam.create_access_key(UserName="deployer")["AccessKey"]
    return {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }


def client_of(deployer: Mapping[str, str], cloud: LocalCloud, service: str) -> Any:  # noqa: ANN401 - the caller knows
    """Return a client with the deployer's credentials."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=cloud.endpoint,
        region_name=REGION,
        aws_access_key_id=deployer["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=deployer["AWS_SECRET_ACCESS_KEY"],
    )


def test_the_policy_deploys_updates_and_deletes_the_stack(
    cloud: LocalCloud, deployer: Mapping[str, str]
) -> None:
    """The platform team grants it before it has seen the stack."""
    stacks, before = client_of(deployer, cloud, "cloudformation"), cloud.last_call()

    first = cloud.deploy(TEMPLATE, "dualhome", {"PoolLowWater": "3"}, deployer)
    second = cloud.deploy(TEMPLATE, "dualhome", {"PoolLowWater": "4"}, deployer)
    denied = [it for it in cloud.calls(before) if "AccessDenied" in it["outcome"]]
    stacks.delete_stack(StackName="dualhome")
    stacks.get_waiter("stack_delete_complete").wait(
        StackName="dualhome", WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )

    assert "AuditTableName" in first
    assert first == second
    assert [] == denied
    assert [] == [
        it["StackName"]
        for it in cloud.client("cloudformation").describe_stacks()["Stacks"]
        if it["StackStatus"] != "DELETE_COMPLETE"
    ]


def test_the_policy_is_for_this_stack_alone(cloud: LocalCloud, deployer: Mapping[str, str]) -> None:
    """Another team's stack is none of its holder's business."""
    with pytest.raises(SamError, match="not authorized to perform"):
        cloud.deploy(TEMPLATE, "billing", {}, deployer)
    with pytest.raises(ClientError, match="not authorized to perform: iam:CreateRole"):
        client_of(deployer, cloud, "iam").create_role(
            RoleName="billing", AssumeRolePolicyDocument="{}"
        )
