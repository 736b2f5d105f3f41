"""Network namespaces of Linux: made, entered by a thread for one socket, and deleted."""

import ctypes
import itertools
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CLONE_NEWNET = 0x40000000
_numbers = itertools.count(1)
_libc = ctypes.CDLL(None, use_errno=True)


def run(*argv: str, stdin: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
    """
    Run a program to its end.

    Raises:
        RuntimeError: it failed, and ``check`` is set; the text is what it said.
    """
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(argv)}: {done.stderr.strip()} {done.stdout.strip()}")
    return done


@dataclass(frozen=True)
class Namespace:
    """One network stack of its own."""

    name: str

    @classmethod
    def create(cls, role: str, *, rp_filter: int = 0, forwarding: bool = False) -> "Namespace":
        """Return a new one, with loopback; ``rp_filter`` is that of its interfaces to come."""
        made = cls(f"dhg{os.getpid()}-{next(_numbers)}-{role}")
        run("ip", "netns", "add", made.name)
        made.change("link set lo up")
        made.set_kernel(
            **{
                "net/ipv4/conf/all/rp_filter": rp_filter,
                "net/ipv4/conf/default/rp_filter": rp_filter,
                "net/ipv4/ip_forward": int(forwarding),
                "net/ipv6/conf/all/forwarding": int(forwarding),
                "net/ipv6/conf/default/accept_dad": 0,
                "net/ipv4/conf/all/send_redirects": 0,
                "net/ipv4/conf/default/send_redirects": 0,
                "net/ipv4/tcp_syn_retries": 2,
            }
        )
        return made

    def delete(self) -> None:
        """End what still runs in it, by process id, and delete it."""
        for pid in self.pids():
            run("kill", "-KILL", pid, check=False)
        run("ip", "netns", "del", self.name, check=False)

    def pids(self) -> list[str]:
        """Return the ids of the processes in it."""
        return run("ip", "netns", "pids", self.name, check=False).stdout.split()

    def change(self, *commands: str) -> None:
        """Change addresses, routes, rules or links, one command a line."""
        run("ip", "-n", self.name, "-batch", "-", stdin="\n".join(commands) + "\n")

    def shown(self, *words: str) -> str:
        """Return what ip(8) shows."""
        return run("ip", "-n", self.name, *words, check=False).stdout

    def nft(self, rules: str) -> None:
        """Load packet filter rules."""
        run("ip", "netns", "exec", self.name, "nft", "-f", "-", stdin=rules)

    def set_kernel(self, **settings: int) -> None:
        """Set parameters below /proc/sys, those that exist."""
        with self.entered():
            for path, value in settings.items():
                file = Path("/proc/sys", path)
                if file.exists():
                    file.write_text(f"{value}\n", encoding="ascii")

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Let this thread be in the namespace: a socket made in it stays there."""
        with (
            Path(f"/proc/self/task/{threading.get_native_id()}/ns/net").open("rb") as home,
            Path("/run/netns", self.name).open("rb") as there,
        ):
            _set_namespace(there.fileno())
            try:
                yield
            finally:
                _set_namespace(home.fileno())

    def socket(
        self, family: int, kind: int = socket.SOCK_STREAM, protocol: int = 0
    ) -> socket.socket:
        """Return a socket of this namespace."""
        with self.entered():
            return socket.socket(family, kind, protocol)


def _set_namespace(descriptor: int) -> None:
    if _libc.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
