"""A function that makes one AWS call with a role of the template, and says what AWS answered."""

import io
import json
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tests.support.deployed.stack import Stack

DENIALS = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthFailure"}
"""How AWS's services word a refusal of IAM."""

CODE = """
import boto3
from botocore.exceptions import ClientError

def handler(event, context):
    call = getattr(boto3.client(event["service"]), event["method"])
    try:
        call(**event["arguments"])
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "ok"
"""


@dataclass(frozen=True)
class Probe:
    """One such function; the role's policies are those that the template deployed."""

    stack: Stack
    function: str

    @staticmethod
    def with_role_of(stack: Stack, logical_id: str) -> "Probe":
        """Create the function with the role of the template's function ``logical_id``."""
        functions = stack.cloud.client("lambda")
        role = functions.get_function_configuration(FunctionName=stack.role(logical_id))["Role"]
        return Probe._with(stack, role, f"probe-{logical_id}")

    @staticmethod
    def with_every_permission(stack: Stack) -> "Probe":
        """Create the function with a role to which no identity policy denies anything."""
        iam = stack.cloud.client("iam")
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
        trusted = [trust | {"Action": "sts:AssumeRole"}]
        allowed = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
        role = iam.create_role(RoleName="administrator", AssumeRolePolicyDocument=_policy(trusted))
        iam.put_role_policy(
            RoleName="administrator", PolicyName="all", PolicyDocument=_policy(allowed)
        )
        return Probe._with(stack, role["Role"]["Arn"], "probe-administrator")

    @staticmethod
    def _with(stack: Stack, role: str, name: str) -> "Probe":
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as files:
            files.writestr("probe.py", CODE)
        functions = stack.cloud.client("lambda")
        with suppress(functions.exceptions.ResourceConflictException):  # made by another test
            functions.create_function(
                FunctionName=name,
                Role=role,
                Runtime="python3.13",
                Handler="probe.handler",
                Timeout=30,
                Code={"ZipFile": package.getvalue()},
            )
        return Probe(stack, name)

    def ask(self, service: str, method: str, **arguments: Any) -> str:
        """Return ``ok``, or the code of the error that AWS answered."""
        event = {"service": service, "method": method, "arguments": arguments}
        answer = self.stack.cloud.client("lambda").invoke(
            FunctionName=self.function, Payload=json.dumps(event)
        )
        return str(json.loads(answer["Payload"].read()))


def _policy(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
