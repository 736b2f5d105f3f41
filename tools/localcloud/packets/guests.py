"""
The guests: network namespaces that stand for instances and hosts, with processes and files.

An instance has a mount and a process namespace besides, which its first process holds: ``cat``,
whose standard input the server never writes to. It ends with the server, however that ends, and
everything in the guest with it. ``/etc`` and ``/var/lib`` are overlays, which a reboot leaves as
they are, ``/run`` is empty at each boot.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

from localcloud.packets import leftovers
from localcloud.packets.commands import NETNS, PacketsError, ip, run, write_sysctls
from localcloud.packets.model import Guest, Interface

KEPT = ("/etc", "/var/lib")
SYSCTLS = {
    "ipv4/ip_forward": 0,
    "ipv4/conf/all/rp_filter": 0,
    "ipv4/conf/default/rp_filter": 2,  # loose, as systemd and the distributions on EC2 set it
    "ipv6/conf/default/accept_dad": 0,  # else an address could not be used for a second
    "ipv6/conf/all/forwarding": 0,
}
ROUTER6 = "fe80::1"
"""The router's address on the link of each interface."""


class Holder:
    """A process that keeps namespaces alive until it is closed, or the server is gone."""

    def __init__(self, command: list[str]) -> None:
        """Start it by way of ``command``, which ends with ``cat``; return when that runs."""
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        self.pid = self._process.pid
        assert self._process.stdin  # noqa: S101 - by PIPE
        assert self._process.stdout  # noqa: S101 - by PIPE
        try:
            self._process.stdin.write(b"\n")
            answered = self._process.stdout.read(1)
        except BrokenPipeError:
            answered = b""
        if not answered:
            _, said = self._process.communicate()
            raise PacketsError(f"{' '.join(command)}: {said.decode(errors='replace').strip()}")

    def close(self) -> None:
        """End it, and with it every process of a process namespace that it is the first of."""
        self._process.communicate()


@dataclass
class Running:
    """
    A guest that runs; a host has no holder.

    ``plugged``: for each of its interfaces the VPC, and the device of its fabric.
    """

    namespace: str
    holder: Holder | None
    plugged: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def enter(self) -> list[str]:
        """Return the words before a command that is to run in the guest."""
        if self.holder is None:
            return ["ip", "netns", "exec", self.namespace]
        return _enter(self.holder.pid, self.namespace)


class Guests:
    """All guests of a server; files of instances are in memory, and go with the server."""

    def __init__(self) -> None:
        """Start the process that holds the files."""
        self._root = Path(tempfile.mkdtemp(prefix="guests-")).resolve()
        # Slave mounts: what is unmounted outside, such as a namespace's name, is so inside.
        words = ["unshare", "--mount", "--propagation", "slave", "--", "cat"]
        self._keeper = Holder(words)
        self._in_keeper = ["nsenter", "--target", str(self._keeper.pid), "--mount", "--"]
        run([*self._in_keeper, "mount", "-t", "tmpfs", "guests", str(self._root)])
        self._files = Path(f"/proc/{self._keeper.pid}/root{self._root}")
        self._prefix = leftovers.prefix()
        self.running: dict[str, Running] = {}

    def boot(self, guests: list[Guest]) -> None:
        """Make namespaces and start what holds them; nothing is plugged yet."""
        names = {guest.id: self.namespace(guest.id) for guest in guests}
        ip(f"netns add {name}" for name in names.values())
        for guest in guests:
            name = names[guest.id]
            write_sysctls(name, SYSCTLS)
            holder = self._hold(guest, name) if guest.resolver else None
            self.running[guest.id] = Running(name, holder)

    def shut_down(self, names: list[str]) -> None:
        """End the guests' processes and remove their namespaces; files stay."""
        stopped = [self.running.pop(name) for name in names]
        for one in stopped:
            if one.holder:
                one.holder.close()
            leftovers.end_processes(one.namespace)
        ip(f"netns del {one.namespace}" for one in stopped)

    def forget(self, names: AbstractSet[str]) -> None:
        """Remove the files of all guests but ``names``."""
        for folder in self._files.iterdir():
            if folder.name not in names:
                shutil.rmtree(folder)

    def configure(self, running: Running, interface: Interface) -> None:
        """Set up a primary interface as DHCP and router advertisements would."""
        device, subnet = interface.device, interface.subnet
        length = subnet.cidr.rpartition("/")[2]
        lines = ["link set lo up"]
        lines += [f"address add {interface.addresses[0]}/{length} broadcast + dev {device}"]
        lines += [f"address add {it}/128 dev {device} nodad" for it in interface.addresses6]
        lines += [f"link set {device} up", f"route add default via {subnet.router} dev {device}"]
        if interface.addresses6:
            lines += [f"route add {subnet.cidr6} dev {device}"]
            lines += [f"route add ::/0 via {ROUTER6} dev {device}"]
        ip(lines, running.namespace)

    def close(self) -> None:
        """Leave nothing."""
        self.shut_down(list(self.running))
        self._keeper.close()
        self._root.rmdir()

    def namespace(self, name: str) -> str:
        """Return the name of the network namespace of a guest, or of a VPC."""
        return self._prefix + name

    def _hold(self, guest: Guest, namespace: str) -> Holder:
        table = self._prepare(guest)
        words = [*self._in_keeper[:-1], f"--net={NETNS / namespace}", "--", "unshare"]
        words += ["--mount", "--propagation", "slave", "--pid", "--fork", "--mount-proc"]
        # Orphans become children of the first process; where it ignores SIGCHLD the kernel reaps.
        words += ["--kill-child", "--", "env", "--ignore-signal=CHLD", "cat"]
        holder = Holder(words)
        run([*_enter(holder.pid, namespace), "mount", "--all", "--fstab", str(table)])
        return holder

    def _prepare(self, guest: Guest) -> Path:
        """Make what the guest's mounts are made of; return their table, as the guest sees it."""
        own, seen = self._files / guest.id, self._root / guest.id
        lines = ["guest /sys sysfs defaults 0 0", "guest /run tmpfs mode=755 0 0"]
        for lower in KEPT:
            name = lower.strip("/").replace("/", "-")
            for kind in ("upper", "work"):
                (own / name / kind).mkdir(parents=True, exist_ok=True)
            layers = f"lowerdir={lower},upperdir={seen / name}/upper,workdir={seen / name}/work"
            lines.append(f"guest {lower} overlay {layers} 0 0")
        resolver = own / "etc/upper/resolv.conf"
        if not resolver.exists():
            resolver.write_text(f"nameserver {guest.resolver}\n", encoding="ascii")
        (own / "mounts").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return seen / "mounts"


def _enter(holder: int, namespace: str) -> list[str]:
    pids = f"--pid=/proc/{holder}/ns/pid_for_children"
    where = ["--mount", f"--net={NETNS / namespace}", pids]
    return ["nsenter", "--target", str(holder), *where, "--"]
