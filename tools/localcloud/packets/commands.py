"""iproute2, nftables and util-linux, run by lists; and what of them is missing here."""

import ctypes
import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

NETNS = Path("/run/netns")
SECONDS = 30
PACKAGES = {
    "ip": "iproute2",
    "nft": "nftables",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "mount": "mount",
    "env": "coreutils",
    "cat": "coreutils",
}
_CLONE_NEWNET = 0x40000000  # linux/sched.h; os.setns came with Python 3.12


class PacketsError(Exception):
    """The network cannot be made, or changed; the message says what lacks or what failed."""


def check() -> None:
    """Raise a PacketsError if something is missing."""
    if lacking := missing():
        raise PacketsError(lacking)


def missing() -> str:
    """Return what this machine lacks, and how to get it; nothing if it can carry packets."""
    if platform.system() != "Linux":
        return "only Linux has network namespaces"
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    if absent := [name for name in PACKAGES if shutil.which(name) is None]:
        packages = sorted({PACKAGES[name] for name in absent})
        return f"no {', '.join(absent)} on PATH: install Debian's {', '.join(packages)}"
    return ""


def run(command: Sequence[str], text: str = "") -> str:
    """
    Run ``command`` with ``text`` on its standard input; return what it prints.

    Raises:
        PacketsError: it failed; the message has its words.
    """
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PacketsError(f"{' '.join(command)}: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise PacketsError(f"{' '.join(command)}: status {done.returncode}: {said}\n{text}".strip())
    return done.stdout


def ip(lines: Iterable[str], namespace: str | None = None, *options: str) -> None:
    """Let iproute2 carry out ``lines`` in one process; in the host's namespace if none is named."""
    if text := "\n".join(lines):
        where = ("-n", namespace) if namespace else ()
        run(("ip", *options, *where, "-batch", "-"), f"{text}\n")


def nft(rules: str, namespace: str) -> None:
    """Carry out a transaction of nftables in a namespace: all of it or nothing."""
    run(("nsenter", f"--net={NETNS / namespace}", "--", "nft", "-f", "-"), rules)


def inside(namespace: str, act: Callable[[], Result]) -> Result:
    """Return what ``act`` does on a thread that is in the network namespace; sockets stay there."""
    try:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(_entered, namespace, act).result()
    except OSError as error:
        raise PacketsError(f"in {namespace}: {error}") from error


def write_sysctls(namespace: str, values: Mapping[str, int]) -> None:
    """Set those of the parameters, named by their paths below ``net``, that the kernel has."""

    def write() -> None:
        for name, value in values.items():
            path = Path("/proc/sys/net", name)
            if path.exists():
                path.write_text(str(value), encoding="ascii")

    if values:
        inside(namespace, write)


def _entered(namespace: str, act: Callable[[], Result]) -> Result:
    with (NETNS / namespace).open("rb") as file:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(file.fileno(), _CLONE_NEWNET):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    return act()
