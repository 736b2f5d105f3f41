"""Looking at processes and ports from outside."""

import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit


def comes_true(fact: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Return whether ``fact`` becomes true within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_alive(pid: int) -> bool:
    """Return whether ``pid`` runs; a dead process whose parent never asked does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path("/proc", str(pid), "stat")  # "pid (name) state ..."; absent outside Linux
    return not stat.exists() or stat.read_text(encoding="utf-8").rpartition(") ")[2][0] != "Z"


def is_listening(endpoint: str) -> bool:
    """Return whether a process accepts connections at ``endpoint``."""
    address = urlsplit(endpoint)
    with socket.socket() as probe:
        return probe.connect_ex((address.hostname or "", address.port or 0)) == 0
