"""What a deployment of the templates asks AWS to do, by CloudFormation's own schemas."""

import json
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from tests.support.readers.template import Json, source

OF_SAM = {
    *(f"cloudformation:{it}ChangeSet" for it in ("Create", "Describe", "Execute", "Delete")),
    "cloudformation:ListChangeSets",
    "cloudformation:DescribeStackEvents",
    "cloudformation:GetTemplateSummary",
    *(f"s3:{it}" for it in ("GetObject", "PutObject", "DeleteObject", "ListBucket")),
}
"""What `sam deploy` and `sam delete` call themselves (samcli: deployer, s3_uploader, cfn_utils)."""

UNUSED = {
    "no function is in a VPC or mounts a file system": r"(ec2|elasticfilesystem|s3files):.*",
    "packages are named by their hash": r"s3:GetObjectVersion",
    "no table is imported or replicated": (
        r"dynamodb:(\w+TableReplica|(Describe)?Import\w*|Scan|Query|\w+Item)"
        r"|s3:(GetObjectMetadata|ListBucket)|iam:CreateServiceLinkedRole"
        r"|logs:(CreateLogStream|DescribeLogStreams|PutLogEvents)"
    ),
    "nothing streams to Kinesis or Firehose": (
        r"(kinesis|firehose):.*|dynamodb:(Enable|Disable|Update)KinesisStreamingDestination"
    ),
    "tables, and the audit's policy, outlive the stack": r"dynamodb:Delete(Table|ResourcePolicy)",
    "tables have no Contributor Insights": r"dynamodb:UpdateContributorInsights",
    "functions have no concurrency, signature, version or runtime of their own": (
        r"lambda:((Put|Delete)Function(Concurrency|CodeSigningConfig)|GetCodeSigningConfig"
        r"|PutFunctionScalingConfig|PassCapacityProvider|PutRuntimeManagementConfig"
        r"|PublishVersion|AssociateRuntimeAlias)"
    ),
    "policies of roles are inline": r"iam:((At|De)tachRolePolicy|UpdateRole(Description)?)",
    "logs have retention and a key, and nothing else": (
        r"logs:(CreateLogDelivery|(Put|Delete)(DataProtection|Index|Resource)Policy"
        r"|PutBearerTokenAuthentication|PutLogGroupDeletionProtection)|s3:REST.PUT.OBJECT"
    ),
    "stacks have no policy of their own": r"cloudformation:(SetStackPolicy|\w+Protection)",
    "the topic hides nothing in its messages": r"sns:PutDataProtectionPolicy",
    "the key stays enabled, and rotates": r"kms:(DisableKey|EnableKey|DisableKeyRotation)",
    "reserved for a key of the account (docs/security.md)": (
        r"kms:(CreateGrant|RevokeGrant|Decrypt|Encrypt|GenerateDataKey|ListAliases)"
    ),
}
"""Actions that handlers call for what the templates do not use, by the reason."""

_unused = re.compile("|".join(f"({it})" for it in UNUSED.values()))


@cache
def types() -> frozenset[str]:
    """Return every resource type of both templates, after the SAM transform."""
    return frozenset(it["Type"] for it in [*_translated(), *_of("observability.yaml")])


def needed(kinds: Iterable[str]) -> dict[str, set[str]]:
    """
    Return what creating, reading, updating and deleting a resource of each type takes.

    Source: the handlers of CloudFormation's resource schemas, which cfn-lint packages.
    """
    return {kind: {it for it in _handled(kind) if not _unused.fullmatch(it)} for kind in kinds}


def lacking(policy: Json, kinds: Iterable[str]) -> dict[str, set[str]]:
    """Return each type that ``policy`` does not let one deploy, and the actions it lacks."""
    allowed = allowed_by(policy)
    found = {kind: actions - allowed for kind, actions in needed(kinds).items()}
    return {kind: actions for kind, actions in found.items() if actions}


def allowed_by(policy: Json) -> set[str]:
    """Return every action that ``policy`` names."""
    actions = [it["Action"] for it in policy["Statement"]]
    return {it for some in actions for it in ([some] if isinstance(some, str) else some)}


def unused_by_any(kinds: Iterable[str]) -> list[str]:
    """Return the reasons of ``UNUSED`` that no handler of ``kinds`` gives rise to."""
    handled = {it for kind in kinds for it in _handled(kind)}
    return [why for why, it in UNUSED.items() if not any(re.fullmatch(it, a) for a in handled)]


@cache
def _handled(kind: str) -> frozenset[str]:
    schemas = files("cfnlint.data.schemas")
    names = json.loads((schemas / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    schema = json.loads((schemas / "resources" / f"{names[kind]}.json").read_text(encoding="utf-8"))
    handlers = schema["handlers"].items()
    return frozenset(a for verb, it in handlers if verb != "list" for a in it["permissions"])


def _of(file: str) -> list[Json]:
    found: list[Json] = list(yaml_parse(source(file))["Resources"].values())
    return found


def _translated() -> list[Json]:
    template: Json = yaml_parse(source())
    for resource in template["Resources"].values():
        for name in ("CodeUri", "ContentUri", "DefinitionUri"):
            if name in resource["Properties"]:
                resource["Properties"][name] = "s3://bucket/key"
    translated: dict[str, Any] = transform(template, {}, _NoManagedPolicies())
    return list(translated["Resources"].values())


class _NoManagedPolicies:
    """The transform asks for the managed policies of roles that it makes; it makes none here."""

    def load(self) -> dict[str, str]:
        """Return none."""
        return {}
