"""The processes that run functions: which one makes a call, what it handles, how to end it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from localcloud.patches import internals

# A worker in the middle of a long function would outlive a server that was killed. Its calls name
# their process in the User-Agent ("app/…", AWS SDKs Reference Guide, "Application ID").
PRELUDE = """
import os, threading, time

def _end_with_server(server=os.getppid()):
    while os.getppid() == server:
        time.sleep(0.5)
    os._exit(1)

threading.Thread(target=_end_with_server, daemon=True).start()
os.environ["AWS_SDK_UA_APP_ID"] = f"worker-{os.getpid()}"
"""
_CALLER = re.compile(r"\bapp/worker-(\d+)\b")

_handling: dict[int, tuple[Any, object]] = {}
"""Worker and event of each invocation under way, by the worker's identity."""


def noting_event(invoke: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Return ``invoke`` so changed that ``event_handled_by`` knows what it works on."""

    def noting(worker: object, event: object, *args: object, **kwargs: object) -> dict[str, Any]:
        with _noted(worker, event):
            return invoke(worker, event, *args, **kwargs)

    return noting


@contextmanager
def _noted(worker: object, event: object) -> Iterator[None]:
    _handling[id(worker)] = (worker, event)
    try:
        yield
    finally:
        del _handling[id(worker)]


def event_handled_by(headers: Mapping[str, str]) -> str:
    """Return the event, in JSON, of the function whose call carries ``headers``; else nothing."""
    found = _find(headers)
    return json.dumps(found[1]) if found else ""


def kill(headers: Mapping[str, str]) -> None:
    """Kill the function whose call carries ``headers``, as running out of memory would."""
    if found := _find(headers):
        getattr(found[0], internals.WORKER_PROCESS).kill()


def _find(headers: Mapping[str, str]) -> tuple[Any, object] | None:
    caller = _CALLER.search(headers.get("user-agent", ""))
    for worker, event in list(_handling.values()) if caller else ():
        process = getattr(worker, internals.WORKER_PROCESS)
        if caller and process and process.pid == int(caller[1]):
            return worker, event
    return None
