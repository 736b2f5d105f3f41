"""What speaks against a run ends it before anything is made."""

import json
from dataclasses import replace

import pytest

from live.run import Exit
from tests.integration.live.account import Account

PREFIXED = [{"Key": "dualhome-live:targets", "Value": "mgmt"}]


def refused(account: Account, *options: str) -> str:
    """Return what a run says that does not begin and changes nothing."""
    before = account.made()
    done = account.run(*options)

    assert (Exit.NOT_BEGUN, before) == (done.returncode, account.made()), done.stdout
    return done.stdout


@pytest.mark.parametrize("typed", ["111111111111", ""])
def test_another_accounts_id_ends_it(account: Account, typed: str) -> None:
    """The credentials are not of the account that the person has in mind."""
    said = refused(account, "--yes-account", typed)

    assert "a dollar or less" in said
    assert f"The credentials are of account {account.id}, not" in said


def test_no_id_ends_it(account: Account) -> None:
    """Nothing is typed where no person is: the id is an option then."""
    assert f"account {account.id}, not none" in refused(account)


def test_a_prefix_that_a_resource_carries_is_not_used(account: Account) -> None:
    """The stack would act on what another one manages."""
    ec2 = account.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.8.0.0/24")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=PREFIXED)

    said = refused(account, "--yes-account", account.id)
    ec2.delete_vpc(VpcId=vpc)

    assert f"The tag prefix `dualhome-live` is in use by {vpc} (tag dualhome-live:targets)" in said


def test_a_prefix_that_a_stack_has_is_not_used(account: Account) -> None:
    """An installation under another name acts on the tags of its parameter."""
    template = {
        "Parameters": {"TagPrefix": {"Type": "String"}},
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
    }
    formation = account.client("cloudformation")
    formation.create_stack(
        StackName="of-others",
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": "TagPrefix", "ParameterValue": "dualhome-live"}],
    )
    formation.get_waiter("stack_create_complete").wait(StackName="of-others")

    said = refused(account, "--yes-account", account.id)
    formation.delete_stack(StackName="of-others")
    formation.get_waiter("stack_delete_complete").wait(StackName="of-others")

    assert "is in use by stack of-others" in said


def test_missing_permissions_are_named(account: Account) -> None:
    """A run that stops half-way costs more time than one that does not begin."""
    iam, policy = account.client("iam"), {"Effect": "Allow", "Action": "*", "Resource": "*"}
    denied = {"Effect": "Deny", "Action": ["ec2:RunInstances", "sqs:CreateQueue"], "Resource": "*"}
    iam.create_user(UserName="kim")
    document = json.dumps({"Version": "2012-10-17", "Statement": [policy, denied]})
    iam.put_user_policy(UserName="kim", PolicyName="p", PolicyDocument=document)
    key = iam.create_access_key(UserName="kim")["AccessKey"]
    kim = replace(account, key=(key["AccessKeyId"], key["SecretAccessKey"]))

    said = refused(kim, "--yes-account", account.id)

    assert "user/kim lacks permissions: ec2:RunInstances, sqs:CreateQueue." in said


def test_nothing_is_left_to_remove_where_no_run_was(account: Account) -> None:
    """A cleanup that finds nothing says so, and is no failure."""
    done = account.run("--cleanup", "--yes-account", account.id)

    assert (Exit.HELD, True) == (done.returncode, "No run has left anything" in done.stdout)
