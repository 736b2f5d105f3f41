"""Saved queries of CloudWatch Logs in a stack: a type that ministack does not know."""

import uuid
from typing import Any

from localcloud.patches import internals

TYPE = "AWS::Logs::QueryDefinition"
Properties = dict[str, Any]
Provisioned = tuple[str, dict[str, str]]


def install() -> None:
    """Let CloudFormation make, change and delete saved queries."""
    internals.original(internals.PROVISIONERS, "_RESOURCE_HANDLERS")[TYPE] = {
        "create": lambda _id, properties, _stack: _put(str(uuid.uuid4()), properties),
        "update": lambda query, _old, properties, _stack: _put(query, properties),
        "delete": lambda _query, _properties: None,
    }


def _put(query: str, properties: Properties) -> Provisioned:
    """
    Return the Ref and the attributes of a saved query; the local cloud cannot run it.

    Raises:
        ValueError: a property that the type requires is missing.
    """
    missing = {"Name", "QueryString"} - properties.keys()
    if missing:
        raise ValueError(f"{TYPE}: {', '.join(sorted(missing))} required")
    return query, {"QueryDefinitionId": query}
