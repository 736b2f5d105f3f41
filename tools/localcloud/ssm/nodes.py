"""
Managed nodes: the instances whose agent Systems Manager knows.

Source: Systems Manager API Reference, DescribeInstanceInformation, InstanceInformation.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from localcloud.ec2.api.call import Scope
from localcloud.server.events import Event
from localcloud.server.settings import Settings
from localcloud.ssm.guests import Guests
from localcloud.ssm.request import Request, Result, SsmError

LISTED = 10
VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){2,3}")
FIELDS = {"installed": bool, "version": str, "responding": bool}


class Ping(Enum):
    """What Systems Manager knows of an instance's agent; the values are AWS's PingStatus."""

    UNKNOWN = ""
    ONLINE = "Online"
    LOST = "ConnectionLost"


@dataclass
class Node:
    """
    An instance, as its states and the control path describe it; times are the clock's.

    ``version``: overrides that of the guest's agent. ``responding``: an agent that does not, on
    an instance that runs, is one that hangs or is cut off.
    """

    instance: str
    scope: Scope
    running_since: float | None = None
    registered: bool = False
    installed: bool = True
    version: str = ""
    responding: bool = True
    last_ping: float = 0.0


class Nodes:
    """The instances of all accounts, told by EC2's events what state they are in."""

    def __init__(self, settings: Settings, clock: Callable[[], float], guests: Guests) -> None:
        """Begin without instances."""
        self._settings, self._clock, self._guests = settings, clock, guests
        self._nodes: dict[str, Node] = {}
        self.actions = {"DescribeInstanceInformation": self._describe}

    def note(self, event: Event) -> None:
        """Take in a state event of EC2; any other event says nothing of nodes."""
        if event.source != "aws.ec2" or "instance-id" not in event.detail:
            return
        instance, state = event.detail["instance-id"], event.detail["state"]
        node = self._nodes.setdefault(instance, Node(instance, event.scope))
        self.ping(instance)
        node.running_since = self._clock() if state == "running" else None
        if state == "terminated":
            node.registered = node.installed = False

    def show(self, instance: str, fields: Mapping[str, Any]) -> None:
        """
        Change what an instance's agent is: ``installed``, its ``version``, or ``responding``.

        Raises:
            KeyError: there is no such instance, or no such field.
            TypeError: a value is not of the field's type.
            ValueError: ``version`` is none of an agent.
        """
        node = self._nodes[instance]
        for name, value in fields.items():
            if not isinstance(value, FIELDS[name]):
                raise TypeError(f"{name}: {value!r} is no {FIELDS[name].__name__}")
        if "version" in fields and not VERSION.fullmatch(fields["version"]):
            raise ValueError(f"version: {fields['version']!r} is none of an agent")
        self.ping(instance)
        for name, value in fields.items():
            setattr(node, name, value)

    def ping(self, instance: str) -> Ping:
        """Say what is known of an instance's agent now."""
        node = self._nodes.get(instance)
        if node is None or not node.installed or not self.agent_version(instance):
            return Ping.UNKNOWN
        since, delay = node.running_since, self._settings.ssm_agent_seconds
        if since is not None and node.responding and self._clock() >= since + delay:
            node.registered, node.last_ping = True, self._clock()
            return Ping.ONLINE
        return Ping.LOST if node.registered else Ping.UNKNOWN

    def takes_commands(self, scope: Scope, instance: str) -> bool:
        """Whether a command to it is accepted: it is managed and runs, however silent it is."""
        node = self._nodes.get(instance)
        known = node is not None and node.scope == scope and node.running_since is not None
        return known and self.ping(instance) is not Ping.UNKNOWN

    def runs(self, instance: str) -> bool:
        """Whether the instance is `running`, with or without an agent."""
        return self._nodes[instance].running_since is not None

    def gone(self, instance: str) -> bool:
        """Whether it has been terminated, or its agent uninstalled."""
        return not self._nodes[instance].installed

    def agent_version(self, instance: str) -> str:
        """Return the version of an instance's agent; nothing if it has none."""
        return self._nodes[instance].version or self._guests.agent_version(instance) or ""

    def _describe(self, request: Request) -> Result:
        request.taking("Filters", "InstanceInformationFilterList", "MaxResults", "NextToken")
        wanted = dict(_filters(request))
        shown: list[Result] = [
            {name: value for name, (value, _key) in facts.items()}
            for node in list(self._nodes.values())
            if node.scope == request.scope and (facts := self._facts(node))
            if all(value in wanted[key] for value, key in facts.values() if key and key in wanted)
        ]
        page, rest = request.page(shown, LISTED)
        return {"InstanceInformationList": page, **rest}

    def _facts(self, node: Node) -> dict[str, tuple[Any, str]]:
        """Return what is shown of a node, each fact with the filter that compares it."""
        ping = self.ping(node.instance)
        if ping is Ping.UNKNOWN:
            return {}
        return {
            "InstanceId": (node.instance, "InstanceIds"),
            "PingStatus": (ping.value, "PingStatus"),
            "LastPingDateTime": (node.last_ping, ""),
            "AgentVersion": (self.agent_version(node.instance), "AgentVersion"),
            "PlatformType": ("Linux", "PlatformTypes"),
            "PlatformName": ("Amazon Linux", ""),
            "PlatformVersion": ("2023", ""),
            "ResourceType": ("EC2Instance", "ResourceType"),
        }


FILTERS = {"InstanceIds", "PingStatus", "AgentVersion", "PlatformTypes", "ResourceType"}


def _filters(request: Request) -> Iterator[tuple[str, list[str]]]:
    older = request.data.get("InstanceInformationFilterList", ())
    pairs = [(it.get("key"), it.get("valueSet")) for it in older]
    pairs += [(it.get("Key"), it.get("Values")) for it in request.data.get("Filters", ())]
    for key, values in pairs:
        if key not in FILTERS:
            message = f"The local Systems Manager has no filter {key!r}."
            raise SsmError("InvalidFilterKey", message)
        yield key, list(values or ())
