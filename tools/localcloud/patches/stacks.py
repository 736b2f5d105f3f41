"""Properties of resources in stacks that ministack's CloudFormation drops."""

import json
from collections.abc import Callable
from typing import Any

from localcloud.patches import internals

Provision = Callable[..., tuple[str, dict[str, str]]]
Properties = dict[str, Any]


def install() -> None:
    """Keep the permissions boundary of roles, and the key and the policy of tables."""
    handlers = internals.original(internals.PROVISIONERS, "_RESOURCE_HANDLERS")
    for kind, keep in (("AWS::IAM::Role", _bound), ("AWS::DynamoDB::Table", _protect)):
        handler = handlers[kind]
        handler["create"] = _keeping(keep, handler["create"], properties_at=1)
        handler["update"] = _keeping(keep, handler["update"], properties_at=2)


def _keeping(
    keep: Callable[[str, Properties], None], provision: Provision, properties_at: int
) -> Provision:
    def keeping(*given: Any) -> tuple[str, dict[str, str]]:
        name, attributes = provision(*given)
        keep(name, given[properties_at])
        return name, attributes

    return keeping


def _bound(name: str, properties: Properties) -> None:
    role = internals.original(internals.IAM, "_roles")[name]
    role["PermissionsBoundary"] = properties.get("PermissionsBoundary", "")


def _protect(name: str, properties: Properties) -> None:
    table = internals.original(internals.DYNAMODB, "_tables")[name]
    encryption = properties.get("SSESpecification", {})
    describe = internals.original(internals.DYNAMODB, "_sse_description_from_spec")
    table["SSEDescription"] = describe({**encryption, "Enabled": encryption.get("SSEEnabled")})
    policies = internals.original(internals.DYNAMODB, "_resource_policies")
    policies.pop(table["TableArn"], None)
    if policy := properties.get("ResourcePolicy"):
        text = json.dumps(policy["PolicyDocument"])
        policies[table["TableArn"]] = {"Policy": text, "RevisionId": "1"}
