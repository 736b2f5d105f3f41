"""Roles that probes make to see what a policy permits."""

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import boto3
from botocore.exceptions import ClientError

from live.tagging import role_path
from live.world import EndOfPatienceError, World, code_of

Statement = Mapping[str, Any]
Clients = Callable[[str], Any]

IN_FORCE_SECONDS = 120.0
"""IAM User Guide, "Troubleshoot IAM": changes are visible everywhere after a while."""

READY: Statement = {"Effect": "Allow", "Action": "ec2:DescribeAvailabilityZones", "Resource": "*"}
"""Every role may do this: once it is permitted, the role is in use."""
DENIALS = frozenset({"UnauthorizedOperation", "AccessDenied", "AccessDeniedException"})


def allow(
    *actions: str, on: str | Sequence[str] = "*", when: Mapping[str, Any] | None = None
) -> Statement:
    """Return a statement that allows ``actions`` on ``on`` under the conditions ``when``."""
    return _statement("Allow", actions, on, when)


def deny(
    *actions: str, on: str | Sequence[str] = "*", when: Mapping[str, Any] | None = None
) -> Statement:
    """Return a statement that denies them."""
    return _statement("Deny", actions, on, when)


def arn(world: World, service: str, resource: str) -> str:
    """Return the ARN of a resource of the run's account and Region."""
    partition = world.account.arn.split(":")[1]
    return f"arn:{partition}:{service}:{world.account.region}:{world.account.id}:{resource}"


def make_role(world: World, trusted: Mapping[str, str], statements: Sequence[Statement]) -> str:
    """Create a role that ``trusted`` may assume, with the run's tag; return its ARN."""
    iam, name = world.client("iam"), world.name("role")
    trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    made = iam.create_role(
        Path=role_path(world.account.region),
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        Tags=world.run.tags(),
    )
    policy = json.dumps({"Version": "2012-10-17", "Statement": [READY, *statements]})
    iam.put_role_policy(RoleName=name, PolicyName="probe", PolicyDocument=policy)
    return str(made["Role"]["Arn"])


def caller_with(world: World, *statements: Statement) -> Clients:
    """Return the clients of ``session_with``; each is made once. Raises: EndOfPatienceError."""
    return functools.cache(session_with(world, *statements).client)


def environment_of(session: boto3.Session) -> Mapping[str, str]:
    """Return the environment variables that give a process the credentials of ``session``."""
    found = session.get_credentials()
    given = found.get_frozen_credentials() if found else None
    if not (given and given.access_key and given.secret_key and given.token):
        raise EndOfPatienceError("the session has no credentials")
    return {
        "AWS_ACCESS_KEY_ID": given.access_key,
        "AWS_SECRET_ACCESS_KEY": given.secret_key,
        "AWS_SESSION_TOKEN": given.token,
    }


def session_with(world: World, *statements: Statement) -> boto3.Session:
    """
    Return a session with the permissions of ``statements`` and no other, once they are in force.

    Raises:
        EndOfPatienceError: IAM did not let the role be used.
    """
    partition = world.account.arn.split(":")[1]
    root = f"arn:{partition}:iam::{world.account.id}:root"
    role = make_role(world, {"AWS": root}, statements)
    session: list[boto3.Session] = []

    def usable() -> bool:
        try:
            session[:] = [_session(world, role)]
            session[0].client("ec2").describe_availability_zones()
        except ClientError as error:
            if code_of(error) not in DENIALS:
                raise
            return False
        return True

    if not world.wait_until(usable, IN_FORCE_SECONDS):
        raise EndOfPatienceError(f"{role} could not be used in {IN_FORCE_SECONDS:g} s")
    return session[0]


def is_denied(call: Callable[..., object], **parameters: Any) -> bool:
    """Return whether the caller's policies forbid ``call``; another error is raised."""
    try:
        call(**parameters)
    except ClientError as error:
        if code_of(error) not in DENIALS:
            raise
        return True
    return False


def _session(world: World, role: str) -> boto3.Session:
    given = world.client("sts").assume_role(RoleArn=role, RoleSessionName="probe")["Credentials"]
    return boto3.Session(
        given["AccessKeyId"],
        given["SecretAccessKey"],
        given["SessionToken"],
        region_name=world.account.region,
    )


def _statement(
    effect: str,
    actions: Sequence[str],
    on: str | Sequence[str],
    when: Mapping[str, Any] | None,
) -> Statement:
    made = {"Effect": effect, "Action": list(actions), "Resource": on}
    return made | {"Condition": when} if when else made
