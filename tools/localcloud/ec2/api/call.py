"""One EC2 API call, parsed from the query protocol, and its reply."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4
from xml.sax.saxutils import escape

READS = ("Describe", "Get", "List", "Search", "Export")
NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"


@dataclass(frozen=True)
class Scope:
    """The account and Region that a call, a resource or an event belongs to."""

    account: str
    region: str

    def arn(self, kind: str, resource: str) -> str:
        """Return the ARN of an EC2 resource; ``resource`` may be ``*``."""
        return f"arn:aws:ec2:{self.region}:{self.account}:{kind}/{resource}"


@dataclass(frozen=True)
class Call:
    """A call as EC2's query protocol carries it: flat parameters such as ``ResourceId.1``."""

    action: str
    params: Mapping[str, str]
    scope: Scope
    access_key: str = ""

    @property
    def dry_run(self) -> bool:
        """Whether only the permission is asked about."""
        return self.params.get("DryRun", "").lower() == "true"

    @property
    def mutating(self) -> bool:
        """Whether the call may change something."""
        return not self.action.startswith(READS)

    def required(self, name: str) -> str:
        """
        Return a parameter.

        Raises:
            Ec2Error: the caller left it out.
        """
        if value := self.params.get(name, ""):
            return value
        wire_name = name[0].lower() + name[1:]
        message = f"The request must contain the parameter {wire_name}"
        raise Ec2Error("MissingParameter", message)

    def items(self, name: str) -> list[str]:
        """Return the values of ``name.1``, ``name.2`` … in the order of their numbers."""
        pattern = re.compile(rf"{re.escape(name)}\.(\d+)")
        found = {int(m[1]): v for k, v in self.params.items() if (m := pattern.fullmatch(k))}
        return [found[number] for number in sorted(found)]

    def groups(self, name: str) -> list[dict[str, str]]:
        """Return the fields of each ``name.N``, by their path below it."""
        found: dict[int, dict[str, str]] = {}
        pattern = re.compile(rf"{re.escape(name)}\.(\d+)\.(.+)")
        for key, value in self.params.items():
            if match := pattern.fullmatch(key):
                found.setdefault(int(match[1]), {})[match[2]] = value
        return [found[number] for number in sorted(found)]

    def nested(self, params: Mapping[str, str]) -> "Call":
        """Return a view of one of ``groups``'s members, with the same helpers."""
        return replace(self, params=params)

    def adding(self, **params: str) -> "Call":
        """Return the call with more parameters."""
        return replace(self, params={**self.params, **params})

    def body(self) -> bytes:
        """Return the call as a form body."""
        return urlencode({"Action": self.action, "Version": "2016-11-15", **self.params}).encode()


def parse_call(body: bytes, query: Mapping[str, list[str]], scope: Scope, access_key: str) -> Call:
    """Return the call that a request carries in its form body, its query string, or both."""
    params = {name: values[-1] for name, values in query.items()}
    params |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    params.pop("Version", None)
    return Call(params.pop("Action", ""), params, scope, access_key)


@dataclass(frozen=True)
class Reply:
    """What goes back on the wire."""

    body: bytes
    status: int = 200
    content_type: str = "text/xml;charset=UTF-8"

    @property
    def ok(self) -> bool:
        """Whether the call was carried out."""
        return self.status < 300  # noqa: PLR2004 - the boundary of HTTP's successes


def success(action: str, **fields: str) -> Reply:
    """Return the reply of an action whose result is flat; ``fields`` are XML element names."""
    elements = fields or {"return": "true"}
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in elements.items())
    head = f'<{action}Response xmlns="{NAMESPACE}"><requestId>{uuid4()}</requestId>'
    return Reply(f"{head}{inner}</{action}Response>".encode())


class Ec2Error(Exception):
    """EC2's refusal: a code, a message, an HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        """Keep what the reply needs."""
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status

    def reply(self) -> Reply:
        """Return the refusal in EC2's error shape."""
        error = f"<Code>{escape(self.code)}</Code><Message>{escape(self.message)}</Message>"
        body = f"<Response><Errors><Error>{error}</Error></Errors>"
        return Reply(f"{body}<RequestID>{uuid4()}</RequestID></Response>".encode(), self.status)
