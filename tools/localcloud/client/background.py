"""A checkout's local cloud in the background: `up`, `down`, and its state files."""

import fcntl
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO, Unpack

from localcloud.client.environment import REGION, write_env_file
from localcloud.client.server_process import (
    STOP_SECONDS,
    ServerOptions,
    ServerProcess,
    free_port,
    kill_group,
)
from localcloud.packets.leftovers import remove_leftovers


@dataclass(frozen=True)
class Running:
    """
    The local cloud that runs in the background.

    ``auth``: it enforces IAM policies; ``packets``: interfaces carry packets.
    """

    pid: int
    endpoint: str
    region: str
    auth: bool = False
    packets: bool = False


@dataclass(frozen=True)
class Background:
    """
    The local cloud whose files are in ``directory``.

    The server holds a lock on its state file while it lives, however it ends: a process that
    can take the lock knows that it has ended, and a process id used again is never mistaken for it.
    """

    directory: Path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let one command at a time start or stop this local cloud."""
        self.directory.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.directory, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def running(self) -> Running | None:
        """Return the local cloud that runs now."""
        try:
            with self._state.open(encoding="utf-8") as state:
                return Running(**json.load(state)) if _is_locked(state) else None
        except FileNotFoundError:
            return None

    def start(self, port: int, **options: Unpack[ServerOptions]) -> Running:
        """
        Start the server in a session of its own, on another port if ``port`` is taken.

        Raises:
            ServerError: it did not start, and nothing of it is left.
        """
        with self._state.open("w", encoding="utf-8") as state:
            fcntl.flock(state, fcntl.LOCK_EX)
            server = ServerProcess(
                self.directory, free_port(port), options, tied=False, keep_open=(state.fileno(),)
            )
            running = Running(
                server.pid,
                server.endpoint,
                options.get("region", REGION),
                options.get("auth", False),
                options.get("packets", False),
            )
            json.dump(asdict(running), state)
        try:
            server.wait_until_ready()
        except BaseException:
            server.stop()
            self._forget()
            raise
        write_env_file(self.directory / "env", running.endpoint, running.region)
        return running

    def stop(self) -> Running | None:
        """Stop the server and its workers and remove its files; return what was running."""
        if running := self.running():
            os.kill(running.pid, signal.SIGTERM)
            deadline = time.monotonic() + STOP_SECONDS
            while self.running() and time.monotonic() < deadline:
                time.sleep(0.05)
            kill_group(running.pid)
        remove_leftovers()
        self._forget()
        return running

    @property
    def outputs(self) -> Path:
        """Where the stack's outputs are written."""
        return self.directory / "outputs.json"

    @property
    def _state(self) -> Path:
        return self.directory / "localcloud.json"

    def _forget(self) -> None:
        """Remove what only a running local cloud needs; logs and environments stay."""
        for path in (self._state, self.outputs, self.directory / "env"):
            path.unlink(missing_ok=True)
        shutil.rmtree(self.directory / "tmp", ignore_errors=True)


def _is_locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
