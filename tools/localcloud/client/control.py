"""The local cloud from Python: its call log, its settings, alternatives, faults and its clock."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

TIMEOUT_SECONDS = 60
NEVER_REACHED = 1 << 62


class ControlError(Exception):
    """The local cloud refused a request on a control path; the message is its own."""


@dataclass(frozen=True)
class ControlClient:
    """Reads and steers a running local cloud."""

    endpoint: str

    def calls(self, since: int = 0) -> list[dict[str, Any]]:
        """Return the API calls numbered above ``since``, oldest first; ``seq`` is the number."""
        calls: list[dict[str, Any]] = self._ask("GET", f"calls?since={since}")["calls"]
        return calls

    def last_call(self) -> int:
        """Return the number of the latest call, 0 before the first."""
        number: int = self._ask("GET", f"calls?since={NEVER_REACHED}")["next"]
        return number

    def settings(self, **changes: float) -> dict[str, Any]:
        """Take over ``changes`` and return all settings. Raises: ControlError."""
        return self._ask("PUT", "settings", changes)

    def alternatives(self, **changes: bool) -> dict[str, bool]:
        """Take over ``changes`` and return all alternatives. Raises: ControlError."""
        return self._ask("PUT", "alternatives", changes)

    def faults(self, *orders: Mapping[str, Any]) -> None:
        """Let coming calls fail as ordered. Raises: ControlError."""
        self._ask("POST", "faults", orders)

    def clear_faults(self) -> None:
        """Forget the faults that no call has met."""
        self._ask("DELETE", "faults")

    def order_stale_reads(self, *orders: Mapping[str, Any]) -> None:
        """Let coming lists of EC2 show resources as ordered. Raises: ControlError."""
        self._ask("POST", "stale-reads", orders)

    def stale_reads(self) -> dict[str, Any]:
        """Return how many lists lagged, what they left out, and the orders with what is done."""
        return self._ask("GET", "stale-reads")

    def call_off_stale_reads(self) -> None:
        """Forget the orders on lists; the counts continue."""
        self._ask("DELETE", "stale-reads")

    def now(self) -> datetime:
        """Return the time on the clock of functions, queues and schedules."""
        return datetime.fromisoformat(self._ask("GET", "clock")["now"])

    def interrupt(self, *orders: Mapping[str, Any]) -> list[int]:
        """Order interruptions of coming calls; return their numbers. Raises: ControlError."""
        numbers: list[int] = self._ask("POST", "interruptions", orders)["ordered"]
        return numbers

    def interruptions(self) -> dict[int, dict[str, Any]]:
        """Return the orders that were not called off, and how many calls each has met."""
        return {int(number): it for number, it in self._ask("GET", "interruptions").items()}

    def call_off(self, number: int | str = "") -> dict[int, dict[str, Any]]:
        """Call off one interruption, or all; return what they have done. Raises: ControlError."""
        ended = self._ask("DELETE", f"interruptions/{number}")
        return {int(key): it for key, it in ended.items()}

    def show_interface(self, interface: str, **fields: object) -> None:
        """Let EC2 describe ``interface`` with ``fields`` from now on. Raises: ControlError."""
        self._ask("POST", f"interfaces/{interface}", fields)

    def tag_as_aws(self, resource: str, **tags: str) -> None:
        """Give ``resource`` tags whose keys begin with ``aws:``, no event. Raises: ControlError."""
        self._ask("POST", f"tags/{resource}", tags)

    def show_agent(self, instance: str, **fields: object) -> None:
        """Let Systems Manager see ``instance``'s agent with ``fields``. Raises: ControlError."""
        self._ask("POST", f"agents/{instance}", fields)

    def show_vpc(self, vpc: str, **fields: object) -> None:
        """Let EC2 describe ``vpc`` with ``fields`` from now on. Raises: ControlError."""
        self._ask("POST", f"vpcs/{vpc}", fields)

    def guests(self) -> dict[str, dict[str, Any]]:
        """
        Return of each instance that runs its ``Namespace``, as for `ip netns exec`, and ``Enter``.

        ``Enter`` are the words before a command that runs with the guest's own processes, mounts
        and interfaces. Raises: ControlError, where no packets are carried.
        """
        return self._ask("GET", "guests")

    def put_host(self, subnet: str, address: str | None = None) -> dict[str, Any]:
        """
        Put a plain host into a subnet, at ``address`` if one is given; its group lets all pass.

        Return its ``NetworkInterfaceId``, ``PrivateIpAddress``, ``GroupId``, ``Namespace`` and
        ``Enter``. Raises: ControlError.
        """
        return self._ask("POST", "hosts", {"SubnetId": subnet, "PrivateIpAddress": address})

    def remove_host(self, interface: str) -> None:
        """Take away the host that has ``interface``. Raises: ControlError."""
        self._ask("DELETE", f"hosts/{interface}")

    def violations(self) -> dict[str, dict[str, int]]:
        """Return how many packets were dropped by interface and kind. Raises: ControlError."""
        return self._ask("GET", "violations")

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.endpoint}/_localcloud/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
        )
        straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with straight.open(request, timeout=TIMEOUT_SECONDS) as reply:
                answer: dict[str, Any] = json.load(reply)
                return answer
        except urllib.error.HTTPError as error:
            with error:
                raise ControlError(error.read().decode(errors="replace")) from error
