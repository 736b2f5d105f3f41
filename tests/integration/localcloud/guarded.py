"""A scene under IAM enforcement: tagged resources, and roles to try on them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.integration.localcloud.cloud import Lab, tag

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

ROLES = count(1)
POOL = tag("pool", "mgmt")
OPTED_IN = tag("targets", "mgmt")
Statement = dict[str, Any]


@dataclass(frozen=True)
class Scene(Lab):
    """An instance and a pool interface, both tagged, and roles to try on them."""

    def arn(self, kind: str, resource: str = "*") -> str:
        """Return an EC2 resource's ARN."""
        return f"arn:aws:ec2:us-east-1:{self.account}:{kind}/{resource}"

    def role(self, *statements: Statement) -> "EC2Client":
        """Return an EC2 client with a role's session that has these statements."""
        client: EC2Client = self.session(*statements)("ec2")
        return client

    def session(self, *statements: Statement) -> Callable[[str], Any]:
        """Return what makes clients with a role's session that has these statements."""
        iam, name = self.client("iam"), f"role-{next(ROLES)}"
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        made = iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
        )
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
        session = self.client("sts").assume_role(
            RoleArn=made["Role"]["Arn"], RoleSessionName="test"
        )["Credentials"]
        return lambda service: self.cloud.client(
            service, session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]
        )

    def tagged_pair(self) -> tuple[str, str]:
        """Return an instance and a free interface, tagged as the policies here want them."""
        instance, interface = self.pair()
        self.ec2.create_tags(Resources=[instance], Tags=[OPTED_IN])
        self.ec2.create_tags(Resources=[interface], Tags=[POOL])
        return instance, interface

    def on_interfaces(self, *actions: str) -> Statement:
        """Allow actions on interfaces of the pool."""
        return allow(
            *actions,
            resource=self.arn("network-interface"),
            when={"StringEquals": {"aws:ResourceTag/pool": "mgmt"}},
        )

    def on_instances(self, *actions: str) -> Statement:
        """Allow actions on instances that opted in."""
        return allow(
            *actions,
            resource=self.arn("instance"),
            when={"StringEquals": {"ec2:ResourceTag/targets": "mgmt"}},
        )


def allow(*actions: str, resource: Any = "*", when: Any = None) -> Statement:  # noqa: ANN401 - policy language
    """Return a statement that allows EC2 actions."""
    statement = {
        "Effect": "Allow",
        "Action": [f"ec2:{action}" for action in actions],
        "Resource": resource,
    }
    return {**statement, "Condition": when} if when else statement
