"""
The names of a server's namespaces, and what is left of servers that are gone.

A name holds the server's process id and the clock tick at which that process started, so that an
id used again is never mistaken for it, and servers side by side do not meet.
"""

import contextlib
import os
import re
import signal
from collections.abc import Iterable
from pathlib import Path

from localcloud.packets.commands import NETNS, PacketsError, ip, run

OURS = re.compile(r"lc-(\d+)-(\d+)-.+")
KILLS = 100
"""How often a namespace is searched for processes: one may start another before it is killed."""


def prefix() -> str:
    """Return how the names of this process's namespaces begin."""
    return f"lc-{os.getpid()}-{_started(os.getpid())}-"


def remove_leftovers() -> list[str]:
    """Remove the namespaces of servers that are gone; return their names."""
    found = _of_the_gone()
    remove(found)
    return found


def remove(namespaces: Iterable[str]) -> None:
    """End what runs in namespaces and remove them; harmless where another was faster."""
    for name in namespaces:
        with contextlib.suppress(PacketsError):
            end_processes(name)
            ip([f"netns del {name}"])


def end_processes(namespace: str) -> None:
    """Kill each process whose network namespace it is."""
    for _ in range(KILLS):
        found = [int(word) for word in run(("ip", "netns", "pids", namespace)).split()]
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    raise PacketsError(f"processes in {namespace} start others faster than they are killed")


def _of_the_gone() -> list[str]:
    names = sorted(path.name for path in NETNS.iterdir()) if NETNS.is_dir() else []
    ours = filter(None, map(OURS.fullmatch, names))
    return [match[0] for match in ours if _started(int(match[1])) != int(match[2])]


def _started(pid: int) -> int:
    """Return the tick since boot at which a process started (proc_pid_stat(5)), 0 if it is gone."""
    try:
        stat = Path("/proc", str(pid), "stat").read_text(encoding="utf-8")
    except OSError:
        return 0
    return int(stat.rpartition(") ")[2].split()[19])
