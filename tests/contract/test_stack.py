"""The deployed stack as CloudFormation describes it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from dualhome_cli.errors import CommandError
from dualhome_cli.main import Connection
from dualhome_cli.stack import NEEDED, Stack
from tests.support.readers.template import load

HERE = Connection(profile=None, region="us-east-1", stack_name="dualhome")
PARAMETERS = {
    "TagPrefix": "acme",
    "OnOverlappingCidr": "refuse",
    "OnConsentWithdrawn": "release",
    "Paused": "true",
    "ReleaseDelaySeconds": "30",
}


@pytest.fixture
def aws() -> Iterator[None]:
    """An account without a stack."""
    with mock_aws():
        yield


def deploy(outputs: Mapping[str, str]) -> None:
    """Make a stack of that name with our parameters and ``outputs``."""
    template = {
        "Parameters": {name: {"Type": "String"} for name in PARAMETERS},
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    boto3.client("cloudformation", region_name="us-east-1").create_stack(
        StackName=HERE.stack_name,
        TemplateBody=json.dumps(template),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in PARAMETERS.items()
        ],
    )


@pytest.mark.usefixtures("aws")
def test_one_call_tells_all_that_a_command_needs() -> None:
    """Account, Region, tables, queues and what the deployment decides."""
    deploy({name: name.lower() for name in NEEDED})

    stack = Stack.find(HERE)

    assert ("123456789012", "us-east-1") == (stack.account, stack.region)
    assert "audittablename" == stack.outputs["AuditTableName"]
    policy = stack.policy
    assert ("acme:targets", True, True, timedelta(seconds=30)) == (
        stack.keys.targets,
        policy.refuse_overlap,
        policy.release_without_consent,
        policy.release_delay,
    )
    # There is no table here: what cannot be read counts as paused, and says so.
    assert (True, True, True) == (
        stack.paused_by_parameter,
        policy.paused,
        "ResourceNotFoundException" in policy.pause.unread,
    )


@pytest.mark.usefixtures("aws")
def test_the_region_is_that_of_aws_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The AWS CLI and the other SDKs read AWS_REGION, and before AWS_DEFAULT_REGION."""
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    deploy({name: name.lower() for name in NEEDED})

    assert "us-east-1" == Stack.find(replace(HERE, region=None)).region


@pytest.mark.usefixtures("aws")
def test_a_stack_may_be_named_by_its_arn() -> None:
    """As the AWS CLI takes it; what is said of it has its name all the same."""
    deploy({name: name.lower() for name in NEEDED})
    client = boto3.client("cloudformation", region_name="us-east-1")
    arn = client.describe_stacks(StackName=HERE.stack_name)["Stacks"][0]["StackId"]

    assert "dualhome" == Stack.find(replace(HERE, stack_name=arn)).name


@pytest.mark.usefixtures("aws")
def test_a_client_asks_where_the_stack_is() -> None:
    """`--region` says so once, for every service."""
    deploy({name: name.lower() for name in NEEDED})

    assert "us-east-1" == Stack.find(HERE).client("sqs").meta.region_name


@pytest.mark.usefixtures("aws")
def test_a_stack_that_is_not_there_is_shown_with_the_region() -> None:
    """Nine times of ten it is in another one."""
    with pytest.raises(CommandError, match="no stack dualhome in us-east-1: give --region"):
        Stack.find(HERE)


@pytest.mark.usefixtures("aws")
def test_a_stack_of_another_product_is_distinguished() -> None:
    """A name proves nothing."""
    deploy({})

    with pytest.raises(CommandError, match=r"CREATE_COMPLETE\) has no output AttachmentsTableName"):
        Stack.find(HERE)


def test_the_template_has_what_a_command_needs() -> None:
    """Names of outputs and parameters are a contract between two files."""
    assert set(NEEDED) <= set(load()["Outputs"])
    assert set(PARAMETERS) <= set(load()["Parameters"])
