"""The entrance that ministack's router finds in the place of its own EC2."""

import asyncio
from collections.abc import Mapping

from localcloud.ec2.api.call import Scope, parse_call
from localcloud.ec2.api.engine import Engine
from localcloud.patches import internals


class Ec2Handler:
    """Runs calls on threads, and planned actions between them."""

    def __init__(self, engine: Engine) -> None:
        """Serve ``engine``; within a running loop."""
        self._engine = engine
        self._alarm: asyncio.TimerHandle | None = None
        self._advancing: set[asyncio.Task[None]] = set()

    async def __call__(
        self,
        _method: str,
        _path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, list[str]],
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer one request as ministack's services do: status, headers, body."""
        scope = Scope(
            internals.original(internals.RESPONSES, "get_account_id")(),
            internals.original(internals.RESPONSES, "get_region")(),
        )
        access_key = internals.original(internals.APP, "extract_access_key_id")(headers, query)
        call = parse_call(body, query, scope, access_key)
        reply = await asyncio.to_thread(self._engine.handle, call)
        self._set_alarm()
        return reply.status, {"Content-Type": reply.content_type}, reply.body

    def _set_alarm(self) -> None:
        """Run what is planned next at its time; nothing may come between reading and setting."""
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        seconds = self._engine.seconds_to_next()
        if seconds is not None:
            self._alarm = asyncio.get_running_loop().call_later(seconds, self._start_advance)

    def _start_advance(self) -> None:
        task = asyncio.get_running_loop().create_task(self._advance())
        self._advancing.add(task)
        task.add_done_callback(self._advancing.discard)

    async def _advance(self) -> None:
        await asyncio.to_thread(self._engine.advance)
        self._set_alarm()
