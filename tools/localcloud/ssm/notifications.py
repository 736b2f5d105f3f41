"""
The events of commands on the default bus.

Source: Systems Manager User Guide, "Amazon EventBridge event examples for Systems Manager"
(Run Command events). They are delivered on a best-effort basis.
"""

from datetime import UTC, datetime

from localcloud.server.events import Event
from localcloud.ssm.commands import Command, Invocation

SOURCE = "aws.ssm"


def of_command(command: Command, status: str) -> Event:
    """Return the event of a command that is in a new status."""
    return Event(
        scope=command.scope,
        source=SOURCE,
        detail_type="EC2 Command Status-change Notification",
        resources=tuple(command.scope.arn("instance", it) for it in command.invocations),
        detail={
            "command-id": command.id,
            "document-name": command.document,
            "expire-after": _iso(command.expires),
            "parameters": dict(command.parameters),
            "requested-date-time": _iso(command.requested),
            "status": status,
        },
    )


def of_invocation(command: Command, invocation: Invocation) -> Event:
    """Return the event of an invocation that is in a new status."""
    return Event(
        scope=command.scope,
        source=SOURCE,
        detail_type="EC2 Command Invocation Status-change Notification",
        resources=(command.scope.arn("instance", invocation.instance),),
        detail={
            "command-id": command.id,
            "document-name": command.document,
            "instance-id": invocation.instance,
            "requested-date-time": _iso(command.requested),
            "status": invocation.status,
        },
    )


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
