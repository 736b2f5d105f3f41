"""The front of the local AWS: control paths, then ministack, with every call noted."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from localcloud import private
from localcloud.calls import CallLog, Request
from localcloud.control import PREFIX, Control
from localcloud.iam import TLS

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class Gateway:
    """An ASGI application around ministack's."""

    def __init__(self, control: Control, calls: CallLog) -> None:
        """Serve ``control`` and note calls in ``calls``."""
        self._control, self._calls = control, calls
        self._app: App = private.original(private.APP, "app")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(PREFIX):
            await self._serve_control(scope, receive, send)
        else:
            await self._serve_call(scope, receive, send)

    async def _serve_control(self, scope: Message, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        status, answer = self._control.answer(_request(scope, body))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    async def _serve_call(self, scope: Message, receive: Receive, send: Send) -> None:
        asked, replied, status = bytearray(), bytearray(), 0

        async def noting_receive() -> Message:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def noting_send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            replied.extend(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                # Before the caller sees the end of the reply, so that it finds its call noted.
                self._calls.record(_request(scope, bytes(asked)), status, bytes(replied))
            await send(message)

        own_path = scope["path"].startswith("/_")
        scope["headers"] = [*scope["headers"], TLS]
        await self._app(scope, noting_receive, send if own_path else noting_send)


def _request(scope: Message, body: bytes) -> Request:
    return Request(
        method=scope["method"],
        path=scope["path"],
        headers={name.decode().lower(): value.decode() for name, value in scope["headers"]},
        query=parse_qs(scope["query_string"].decode(), keep_blank_values=True),
        body=body,
    )
