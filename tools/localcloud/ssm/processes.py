"""Processes that are started for guests, and end with the server at the latest."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.05
LEFT_SECONDS = 1.0
"""How long the pipes of a killed process are read, which a child of its may have kept open."""

_running: set["subprocess.Popen[bytes]"] = set()


@dataclass(frozen=True)
class Finished:
    """How a process ended; ``exit_code`` is None if it was killed before it did by itself."""

    exit_code: int | None
    stdout: str
    stderr: str


def run_process(
    argv: Sequence[str],
    environment: Mapping[str, str],
    directory: Path,
    *,
    stdin: bytes,
    timeout: float,
    stopped: Callable[[], bool],
) -> Finished:
    """Run a process to its end, or kill it and its children: see ``Guests.run``."""
    clock = time.monotonic
    deadline = clock() + timeout
    with subprocess.Popen(
        argv,
        env=dict(environment),
        cwd=directory,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        _running.add(process)
        watch = _watch(process)
        try:
            killed, out, err = _communicate(
                process, stdin, lambda: stopped() or clock() >= deadline
            )
        finally:
            watch.kill()
            watch.communicate()
            _running.discard(process)
    code = None if killed else process.returncode
    return Finished(code, out.decode(errors="replace"), err.decode(errors="replace"))


def stop_processes() -> None:
    """Kill whatever still runs."""
    for process in list(_running):
        _kill(process)


def _watch(process: "subprocess.Popen[bytes]") -> "subprocess.Popen[bytes]":
    """Start what kills a process and its children once this one is gone, however it went."""
    script = 'read -r _; kill -KILL "-$1"'
    argv = ("/bin/sh", "-c", script, "sh", str(process.pid))
    return subprocess.Popen(argv, stdin=subprocess.PIPE, start_new_session=True)


def _communicate(
    process: "subprocess.Popen[bytes]", stdin: bytes | None, stopped: Callable[[], bool]
) -> tuple[bool, bytes, bytes]:
    """Return whether the process had to be killed, and its two outputs."""
    killed_at = None
    while True:
        try:
            return killed_at is not None, *process.communicate(stdin, POLL_SECONDS)
        except subprocess.TimeoutExpired as late:
            stdin = None  # it may be given once
            if killed_at is None and stopped():
                killed_at = time.monotonic()
                _kill(process)
            elif killed_at is not None and time.monotonic() > killed_at + LEFT_SECONDS:
                return True, late.stdout or b"", late.stderr or b""


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and its children; the agent does so too (its killProcess)."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
