"""A log of API calls to every service: caller, action, time and outcome."""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from localcloud.patches import internals

KEPT = 100_000
READS = (
    *("Describe", "Get", "List", "Head", "Query", "Scan", "BatchGet", "TransactGet", "Receive"),
    *("Search", "Lookup", "Filter", "Simulate", "Test", "Validate"),
)
RESOURCE = re.compile(r"\b(?:i|eni|eni-attach|vpc|subnet|sg|vol|ami)-[0-9a-f]{8,17}\b")
ERROR = re.compile(r'<Code>([^<]+)</Code>|"__type"\s*:\s*"([^"]+)"')
FAILED = 400


@dataclass(frozen=True)
class Request:
    """An HTTP request as the log sees it."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: bytes


@dataclass(frozen=True)
class Entry:
    """
    One call.

    ``principal`` is the role's name for a role session, else the access key. ``resources`` are
    the EC2 ids that the request names. ``outcome`` is ``ok`` or the error's code.
    """

    seq: int
    time: str
    service: str
    action: str
    account: str
    region: str
    principal: str
    resources: list[str]
    outcome: str
    mutating: bool


class CallLog:
    """The latest calls, numbered from 1."""

    def __init__(self) -> None:
        """Start empty."""
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._seq = 0

    def since(self, seq: int) -> dict[str, Any]:
        """Return the calls after number ``seq``, and the number to ask with next time."""
        calls = [asdict(entry) for entry in self._entries if entry.seq > seq]
        return {"calls": calls, "next": self._seq}

    def clear(self) -> None:
        """Forget all calls; the numbers continue."""
        self._entries.clear()

    def record(self, request: Request, status: int, reply: bytes) -> None:
        """Note one call."""
        service, action = operation(request)
        self._seq += 1
        text = f"{request.path} {request.body[:100_000].decode(errors='replace')}"
        self._entries.append(
            Entry(
                seq=self._seq,
                time=datetime.now(UTC).isoformat(timespec="milliseconds"),
                service=service,
                action=action,
                account=internals.original(internals.RESPONSES, "get_account_id")(),
                region=internals.original(internals.APP, "extract_region")(request.headers),
                principal=principal_of(request),
                resources=sorted(set(RESOURCE.findall(text))),
                outcome="ok" if status < FAILED else _error_code(reply, status),
                mutating=not action.startswith(READS),
            )
        )


def principal_of(request: Request) -> str:
    """Return the role of a session that asks, or the access key itself."""
    access_key = internals.original(internals.APP, "extract_access_key_id")(
        request.headers, request.query
    )
    session = internals.original(internals.STS, "_sessions").get(access_key, {})
    match = re.search(r":assumed-role/([^/]+)/", session.get("Arn", ""))
    return match[1] if match else str(access_key)


def operation(request: Request) -> tuple[str, str]:
    """Return the service's IAM prefix and the action; for REST services ministack maps paths."""
    app = internals.APP
    headers, method, path = dict(request.headers), request.method, request.path
    params = internals.original(app, "_routing_params")(
        method, path, headers, request.body, dict(request.query)
    )
    service = internals.original(app, "detect_service")(method, path, headers, params)
    if service == "ssm":
        return service, headers.get("x-amz-target", "").rpartition(".")[2]
    if service == "ec2":
        return service, parse_qs(request.body.decode()).get("Action", params.get("Action", [""]))[0]
    named = internals.original(internals.IAM_ACTIONS, "extract_iam_action")(
        service, method, path, headers, request.body, params
    )
    prefix, _, action = (named or f"{service}:{method} {path}").partition(":")
    return prefix, action


def _error_code(reply: bytes, status: int) -> str:
    match = ERROR.search(reply[:10_000].decode(errors="replace"))
    return (match[1] or match[2].rpartition("#")[2]) if match else f"HTTP {status}"
