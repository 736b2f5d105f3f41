"""What the template's roles are granted."""

from tests.support.template import Json, resources, statements

ROLES = resources("IAM::Role")


def granted(resource: str, action: str = "") -> list[tuple[str, str, Json]]:
    """Return (role, ARN, statement) of what is granted on ARNs with ``resource`` in them."""
    return [
        (role, arn, statement)
        for role, properties in ROLES.items()
        for statement in statements(properties)
        for arn in statement["Resource"]
        if resource in arn and (not action or action in statement["Action"])
    ]
