"""The front of the local AWS: control paths, then ministack; calls are noted, and interrupted."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from localcloud.ec2.api.call import Ec2Error
from localcloud.patches import internals
from localcloud.patches.iam import TLS
from localcloud.server import workers
from localcloud.server.call_log import CallLog, Request, operation
from localcloud.server.control import PREFIX, Control
from localcloud.server.interruptions import Do, Interruption, When

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

CUT_SHORT = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]}
"""The beginning of a reply that promises more than comes: its end is the connection's."""


class Gateway:
    """An ASGI application around ministack's."""

    def __init__(self, control: Control, calls: CallLog) -> None:
        """Serve ``control`` and note calls in ``calls``."""
        self._control, self._calls = control, calls
        self._app: App = internals.original(internals.APP, "app")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(PREFIX):
            await self._serve_control(scope, receive, send)
        elif scope["path"].startswith("/_"):
            await self._app(scope, receive, send)
        else:
            await self._serve_call(scope, receive, send)

    async def _serve_control(self, scope: Message, receive: Receive, send: Send) -> None:
        request = _request(scope, await _body(receive))
        status, answer = self._control.answer(request)
        await _send(send, status, b"application/json", json.dumps(answer).encode())

    async def _serve_call(self, scope: Message, receive: Receive, send: Send) -> None:
        request = _request(scope, await _body(receive))
        hit = self._control.interruptions.take(request)
        if hit is None:
            await self._carry_out(scope, request, receive, send)
        elif hit.when is When.BEFORE:
            if not await _interrupted(hit, request, send):
                await self._carry_out(scope, request, receive, send)
        else:
            reply: list[Message] = []
            await self._carry_out(scope, request, receive, _into(reply))
            if not await _interrupted(hit, request, send):
                for message in reply:
                    await send(message)

    async def _carry_out(
        self, scope: Message, request: Request, receive: Receive, send: Send
    ) -> None:
        replied, status, asked = bytearray(), 0, [request.body]

        async def again() -> Message:
            return {"type": "http.request", "body": asked.pop()} if asked else await receive()

        async def noting_send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            replied.extend(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                # Before the caller sees the end of the reply, so that it finds its call noted.
                self._calls.record(request, status, bytes(replied))
            await send(message)

        scope["headers"] = [*scope["headers"], TLS]
        await self._app(scope, again, noting_send)


async def _interrupted(interruption: Interruption, request: Request, send: Send) -> bool:
    """Interrupt the call; return whether its caller gets no other reply."""
    match interruption.do:
        case Do.HOLD:
            await interruption.over.wait()
            return False
        case Do.ERROR:
            service, _ = operation(request)
            kind, body = _error(interruption, service)
            await _send(send, interruption.status, kind, body)
        case Do.KILL | Do.CUT:
            if interruption.do is Do.KILL:
                workers.kill(request.headers)
            await send(CUT_SHORT)
    return True


def _error(interruption: Interruption, service: str) -> tuple[bytes, bytes]:
    """Return content type and body of an error: EC2 speaks XML, all others here JSON."""
    if service == "ec2":
        reply = Ec2Error(interruption.code, interruption.message, interruption.status).reply()
        return reply.content_type.encode(), reply.body
    said = {
        "__type": interruption.code,
        "message": interruption.message,
        "Message": interruption.message,
        **interruption.fields,
    }
    return b"application/x-amz-json-1.0", json.dumps(said).encode()


async def _send(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _into(kept: list[Message]) -> Send:
    async def keep(message: Message) -> None:
        kept.append(message)

    return keep


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _request(scope: Message, body: bytes) -> Request:
    return Request(
        method=scope["method"],
        path=scope["path"],
        headers={name.decode().lower(): value.decode() for name, value in scope["headers"]},
        query=parse_qs(scope["query_string"].decode(), keep_blank_values=True),
        body=body,
    )
