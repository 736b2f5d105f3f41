"""Run the SAM CLI of a checkout; what it says goes to a file."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

TAIL_LINES = 30


class SamError(Exception):
    """The SAM CLI failed; the message ends with the last lines it said."""


def run_sam(
    folder: Path,
    log: BinaryIO,
    environment: Mapping[str, str],
    *arguments: str,
    keep_open: Sequence[int] = (),
) -> None:
    """
    Run ``sam`` in ``folder``; it ends with us, if we end by an exception.

    ``keep_open``: descriptors that it holds open, too.

    Raises:
        SamError: it is not installed, or it failed.
    """
    done = subprocess.run(
        [_sam(folder), *arguments],
        cwd=folder,
        env=dict(environment) | _OWN,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        pass_fds=keep_open,
        check=False,
    )
    if done.returncode:
        lines = Path(log.name).read_text(encoding="utf-8", errors="replace").splitlines()
        head = f"`sam {arguments[0]}` failed; the end of {log.name}:"
        raise SamError("\n".join((head, *lines[-TAIL_LINES:])))


@contextmanager
def building_alone(folder: Path) -> Iterator[None]:
    """Let one program at a time build in ``folder`` and use what it has built."""
    builds = folder / ".aws-sam"
    builds.mkdir(exist_ok=True)
    with (builds / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


_OWN = {
    "SAM_CLI_TELEMETRY": "0",
    # A layer's build runs pip: that of this Python, wherever the shell's PATH leads.
    "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))),
}


def _sam(folder: Path) -> str:
    own = folder / ".local" / "venvs" / "sam" / "bin" / "sam"
    if found := str(own) if own.exists() else shutil.which("sam"):
        return found
    raise SamError("the SAM CLI is not installed: run `make sam`")
