"""The entrance that ministack's router finds in the place of its own Systems Manager."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from localcloud.ec2.api.call import Scope
from localcloud.patches import internals
from localcloud.ssm.engine import SystemsManager
from localcloud.ssm.request import Request, SsmError

Reply = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Awaitable[Reply]]
JSON = "application/x-amz-json-1.1"


class SsmHandler:
    """Answers the calls that ``engine`` knows; all others, on parameters, are ministack's."""

    def __init__(self, engine: SystemsManager, parameters: Handler) -> None:
        """Serve ``engine``, and ``parameters`` for the rest."""
        self._engine, self._parameters = engine, parameters

    async def __call__(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, list[str]],
    ) -> Reply:
        """Answer one request as ministack's services do: status, headers, body."""
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action not in self._engine.actions:
            return await self._parameters(method, path, headers, body, query)
        scope = Scope(
            internals.original(internals.RESPONSES, "get_account_id")(),
            internals.original(internals.RESPONSES, "get_region")(),
        )
        access_key = internals.original(internals.APP, "extract_access_key_id")(headers, query)
        return await asyncio.to_thread(self._answer, action, body, scope, access_key)

    def _answer(self, action: str, body: bytes, scope: Scope, access_key: str) -> Reply:
        try:
            data = dict(json.loads(body or b"{}"))
        except (TypeError, ValueError) as exc:
            return _reply(400, {"__type": "SerializationException", "message": str(exc)})
        try:
            result = self._engine.handle(Request(action, data, scope, access_key))
        except SsmError as error:
            said = {"__type": error.code, "message": error.message, "Message": error.message}
            return _reply(error.status, said)
        return _reply(200, result)


def _reply(status: int, said: dict[str, Any]) -> Reply:
    return status, {"Content-Type": JSON}, json.dumps(said).encode()
