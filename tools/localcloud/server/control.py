"""The control paths under ``/_localcloud/``: log, settings, alternatives, clock, faults …."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from localcloud.ec2.api.engine import Engine
from localcloud.ec2.api.faults import Fault
from localcloud.ec2.state.stale_reads import StaleRead
from localcloud.packets.hosts import Hosts
from localcloud.server.alternatives import Alternatives
from localcloud.server.call_log import CallLog, Request
from localcloud.server.clock import Clock
from localcloud.server.interruptions import Interruptions
from localcloud.server.settings import Settings
from localcloud.ssm.nodes import Nodes

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = "/_localcloud/"
Answer = tuple[int, dict[str, Any]]


@dataclass(frozen=True)
class Control:
    """What the control paths act on."""

    settings: Settings
    alternatives: Alternatives
    calls: CallLog
    engine: Engine
    nodes: Nodes
    interruptions: Interruptions
    clock: Clock
    hosts: Hosts | None = None

    def answer(self, request: Request) -> Answer:
        """Return HTTP status and JSON body; a wrong request is 400 with an ``error``."""
        name, _, rest = request.path.removeprefix(PREFIX).partition("/")
        routes: dict[tuple[str, str], Callable[[], dict[str, Any]]] = {
            ("POST", "agents"): lambda: self._show_agent(rest, _json(request)),
            ("GET", "calls"): lambda: self.calls.since(int(request.query.get("since", ["0"])[0])),
            ("DELETE", "calls"): self._clear_calls,
            ("GET", "settings"): lambda: asdict(self.settings),
            ("PUT", "settings"): lambda: self._change_settings(_json(request)),
            ("GET", "alternatives"): lambda: asdict(self.alternatives),
            ("PUT", "alternatives"): lambda: self._change_alternatives(_json(request)),
            ("POST", "faults"): lambda: self._order_faults(_json(request)),
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "clock"): lambda: {"now": self.clock.now().isoformat()},
            ("GET", "interruptions"): self.interruptions.shown,
            ("POST", "interruptions"): lambda: self._interrupt(_json(request)),
            ("DELETE", "interruptions"): lambda: self._call_off(rest),
            ("POST", "interfaces"): lambda: self._show_interface(rest, _json(request)),
            ("GET", "stale-reads"): self.engine.stale_reads_report,
            ("POST", "stale-reads"): lambda: self._order_stale_reads(_json(request)),
            ("DELETE", "stale-reads"): self._call_off_stale_reads,
            ("POST", "tags"): lambda: self._tag_as_aws(rest, _json(request)),
            ("POST", "vpcs"): lambda: self._show_vpc(rest, _json(request)),
            ("GET", "guests"): self._show_guests,
            ("POST", "hosts"): lambda: self._put_host(**_json(request)),
            ("DELETE", "hosts"): lambda: self._remove_host(rest),
            ("GET", "violations"): self._show_violations,
        }
        route = routes.get((request.method, name))
        if route is None:
            return 404, {"error": f"no {request.method} {request.path}"}
        try:
            return 200, route()
        except (KeyError, TypeError, ValueError) as exc:
            return 400, {"error": f"{type(exc).__name__}: {exc}"}

    def _clear_calls(self) -> dict[str, Any]:
        self.calls.clear()
        return {}

    def _change_settings(self, changes: dict[str, Any]) -> dict[str, Any]:
        self.settings.change(changes)
        if "lag_seed" in changes:
            self.engine.begin_lag_seed()
        return asdict(self.settings)

    def _change_alternatives(self, changes: dict[str, bool]) -> dict[str, Any]:
        self.alternatives.change(changes)
        return asdict(self.alternatives)

    def _order_faults(self, orders: list[dict[str, Any]]) -> dict[str, Any]:
        faults = [Fault(**order) for order in orders]
        self.engine.faults.ordered.extend(faults)
        return {"ordered": len(faults)}

    def _clear_faults(self) -> dict[str, Any]:
        self.engine.faults.ordered.clear()
        return {}

    def _order_stale_reads(self, orders: list[dict[str, Any]]) -> dict[str, Any]:
        self.engine.order_stale_reads([StaleRead(**order) for order in orders])
        return {"ordered": len(orders)}

    def _call_off_stale_reads(self) -> dict[str, Any]:
        self.engine.call_off_stale_reads()
        return {}

    def _interrupt(self, orders: list[dict[str, Any]]) -> dict[str, Any]:
        return {"ordered": self.interruptions.order(orders)}

    def _call_off(self, number: str) -> dict[str, Any]:
        return self.interruptions.call_off(int(number) if number else None)

    def _show_interface(self, interface: str, fields: dict[str, Any]) -> dict[str, Any]:
        self.engine.show_interface(interface, fields)
        return {"NetworkInterfaceId": interface, **fields}

    def _show_agent(self, instance: str, fields: dict[str, Any]) -> dict[str, Any]:
        self.nodes.show(instance, fields)
        return {"InstanceId": instance, **fields}

    def _tag_as_aws(self, resource: str, tags: dict[str, str]) -> dict[str, Any]:
        self.engine.tag_as_aws(resource, tags)
        return {"ResourceId": resource, "Tags": tags}

    def _show_vpc(self, vpc: str, fields: dict[str, Any]) -> dict[str, Any]:
        self.engine.show_vpc(vpc, fields)
        return {"VpcId": vpc, **fields}

    def _carried(self) -> Hosts:
        if self.hosts is None:
            raise ValueError("this local cloud carries no packets: start it with --packets")
        return self.hosts

    def _show_guests(self) -> dict[str, Any]:
        return {
            name: {"Namespace": it.namespace, "Enter": it.enter}
            for name, it in self._carried().carrier.running().items()
            if name.startswith("i-")
        }

    def _show_violations(self) -> dict[str, Any]:
        return self._carried().carrier.violations()

    def _put_host(self, SubnetId: str, PrivateIpAddress: str | None = None) -> dict[str, Any]:  # noqa: N803 - EC2's own names
        return self._carried().put(SubnetId, PrivateIpAddress)

    def _remove_host(self, interface: str) -> dict[str, Any]:
        self._carried().remove(interface)
        return {}


def _json(request: Request) -> Any:  # noqa: ANN401 - what the caller sent
    return json.loads(request.body)
