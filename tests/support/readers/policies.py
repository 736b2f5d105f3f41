"""Every policy of the templates, with ARNs of the form that AWS would give its resources."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.support.readers.authorization import as_list
from tests.support.readers.template import Json, load, load_observability, of_kind

HERE = "us-east-1:111122223333"
ARNS = {
    ("AWS::CloudFormation::Stack", "Ref"): f"arn:aws:cloudformation:{HERE}:stack/{{name}}/0a1b",
    ("AWS::DynamoDB::Table", "Arn"): f"arn:aws:dynamodb:{HERE}:table/{{name}}",
    ("AWS::DynamoDB::Table", "StreamArn"): f"arn:aws:dynamodb:{HERE}:table/{{name}}/stream/2026",
    ("AWS::Events::Rule", "Arn"): f"arn:aws:events:{HERE}:rule/{{name}}",
    ("AWS::IAM::Role", "Arn"): "arn:aws:iam::111122223333:role/{name}",
    ("AWS::KMS::Key", "Arn"): f"arn:aws:kms:{HERE}:key/{{name}}",
    ("AWS::Logs::LogGroup", "Arn"): f"arn:aws:logs:{HERE}:log-group:/aws/lambda/{{name}}:*",
    ("AWS::SNS::Topic", "Ref"): f"arn:aws:sns:{HERE}:{{name}}",
    ("AWS::SQS::Queue", "Arn"): f"arn:aws:sqs:{HERE}:{{name}}",
    ("AWS::SQS::Queue", "Ref"): f"arn:aws:sqs:{HERE}:{{name}}",  # a URL, by which policies attach
    ("AWS::Serverless::Function", "Arn"): f"arn:aws:lambda:{HERE}:function:{{name}}",
    ("AWS::Serverless::StateMachine", "Ref"): f"arn:aws:states:{HERE}:stateMachine:{{name}}",
}
"""By type and attribute (CloudFormation Template Reference, "Return values")."""


@dataclass(frozen=True)
class Granted:
    """A statement of a policy; ``itself`` is the resource that carries it, if one does."""

    where: str
    statement: Json
    itself: str = ""


def granted(**parameters: str) -> list[Granted]:
    """Return every statement of both templates under ``parameters``."""
    return [
        it
        for template in (load(**parameters), load_observability(**parameters))
        for it in _of(template)
    ]


def _of(template: Json) -> Iterator[Granted]:
    for name, role in of_kind(template, "IAM::Role").items():
        itself = arn(template, f"${{{name}.Arn}}")
        yield from _statements(
            template, f"{name} (trust)", role["AssumeRolePolicyDocument"], itself
        )
        for policy in role["Policies"]:
            yield from _statements(template, name, policy["PolicyDocument"])
    for kind, carriers in (("SQS::QueuePolicy", "Queues"), ("SNS::TopicPolicy", "Topics")):
        for name, policy in of_kind(template, kind).items():
            for carrier in policy[carriers]:
                itself = arn(template, carrier)
                yield from _statements(template, name, policy["PolicyDocument"], itself)
    for name, table in of_kind(template, "DynamoDB::Table").items():
        document = table.get("ResourcePolicy", {"PolicyDocument": {"Statement": []}})
        itself = arn(template, f"${{{name}.Arn}}")
        yield from _statements(template, name, document["PolicyDocument"], itself)
    for name, key in of_kind(template, "KMS::Key").items():
        yield from _statements(template, name, key["KeyPolicy"], arn(template, f"${{{name}.Arn}}"))


def _statements(
    template: Json, where: str, document: Json | str, itself: str = ""
) -> Iterator[Granted]:
    parsed: Json = json.loads(document) if isinstance(document, str) else document
    for statement in parsed["Statement"]:
        named = [arn(template, it) for it in as_list(statement.get("Resource", "*"))]
        sid = statement.get("Sid", statement["Effect"])
        yield Granted(f"{where}.{sid}", statement | {"Resource": named}, itself)


def arn(template: Json, text: str) -> str:
    """Return ``text`` with ARNs in the place of references to resources of ``template``."""

    def known(reference: re.Match[str]) -> str:
        name, _, attribute = reference[1].partition(".")
        kind = template["Resources"][name]["Type"]
        return ARNS[kind, attribute or "Ref"].format(name=f"dualhome-{name}-1A2B")

    return re.sub(r"\$\{([\w.]+)\}", known, text)
