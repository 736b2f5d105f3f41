"""The server as a child process: started, waited for, stopped with everything it started."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypedDict

from localcloud.client.environment import without_aws
from localcloud.packets.leftovers import remove_leftovers

READY_SECONDS = 60.0  # two seconds on an idle machine
STOP_SECONDS = 10.0
LOG_NAME = "localcloud.log"


class ServerError(Exception):
    """The local cloud did not start; the message ends with the last lines of its log."""


class ServerOptions(TypedDict, total=False):
    """
    How the local cloud behaves; the server's own defaults hold for what is left out.

    Times are in seconds. ``clock_speed``: how many times faster functions, queues and schedules
    see the time pass. ``throttle_scale`` multiplies AWS's request rates; 0 is no throttling.
    ``packets``: interfaces carry packets, which needs root on Linux, iproute2 and nftables.
    """

    attach_seconds: float
    detach_seconds: float
    instance_seconds: float
    ssm_agent_seconds: float
    clock_speed: float
    auth: bool
    throttle_scale: float
    no_launch_tag_events: bool
    packets: bool
    region: str


def free_port(wanted: int | None = None) -> int:
    """Return ``wanted`` if it is free on loopback, else a port the system says is free."""
    for port in (wanted or 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServerError("no free port on 127.0.0.1")


class ServerProcess:
    """One running server. It leads a session of its own, so that its workers end with it."""

    def __init__(
        self,
        directory: Path,
        port: int,
        options: ServerOptions,
        *,
        tied: bool,
        keep_open: Sequence[int] = (),
    ) -> None:
        """
        Start the server; ``wait_until_ready`` says when it can be used.

        Args:
            directory: log and temporary files go here.
            tied: the server ends when this process does, however it ends.
            keep_open: file descriptors the server inherits and holds while it lives.
        """
        self.endpoint = f"http://127.0.0.1:{port}"
        self._log = directory / LOG_NAME
        scratch = directory.resolve() / "tmp"
        scratch.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "localcloud.server.__main__", "--port", str(port)]
        command += [*_arguments(options), *(["--exit-with-stdin"] if tied else [])]
        with self._log.open("wb") as log:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE if tied else subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_server_environment(scratch),
                pass_fds=keep_open,
                start_new_session=True,
            )
        self.pid = self._child.pid

    def wait_until_ready(self) -> None:
        """Return when the server answers. Raises: ServerError."""
        deadline = time.monotonic() + READY_SECONDS
        while f"ready {self.endpoint}" not in self._log.read_text(errors="replace"):
            if (status := self._child.poll()) is not None:
                raise ServerError(self._failure(f"ended with status {status}"))
            if time.monotonic() > deadline:
                raise ServerError(self._failure(f"was not ready after {READY_SECONDS:.0f} s"))
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server and its workers; harmless when they have ended."""
        self._child.terminate()
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            kill_group(self.pid)
            self._child.wait()
            remove_leftovers()
            if self._child.stdin:
                self._child.stdin.close()

    def _failure(self, what: str) -> str:
        tail = self._log.read_text(errors="replace").splitlines()[-20:]
        return "\n".join((f"the local cloud {what}; the end of {self._log}:", *tail))


def kill_group(leader: int) -> None:
    """Kill what is left of the session that ``leader`` led."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def _arguments(options: ServerOptions) -> Iterator[str]:
    for name, value in options.items():
        if value is not False:
            yield f"--{name.replace('_', '-')}"
            yield from () if value is True else (str(value),)


def _server_environment(scratch: Path) -> dict[str, str]:
    # The server, and thus each Lambda worker, sees this package alone: a function that
    # finds its code does so in its layers.
    tools = str(Path(__file__).resolve().parents[2])
    return without_aws(os.environ) | {"PYTHONPATH": tools, "TMPDIR": str(scratch)}
