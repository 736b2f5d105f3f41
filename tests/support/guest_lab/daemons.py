"""The real systemd-networkd in a guest, without systemd as process 1."""

import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.guest_lab.guest import Guest

NETWORKD = "/lib/systemd/systemd-networkd"
DATABASE = """
mkdir -p /run/udev/data /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp \
  /run/systemd/network
touch /run/udev/control
for number in $(cat /sys/class/net/*/ifindex); do
  printf 'I:1\\nE:ID_NET_DRIVER=ena\\nG:systemd\\nV:1\\n' >/run/udev/data/n$number
done
chown -R systemd-network: /run/systemd/netif
"""
"""What udev says of each link: with it, networkd behaves as on a host, not in a container."""


def eventually(holds: Callable[[], object], seconds: float = 20) -> bool:
    """Return whether it comes true in time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@dataclass
class Networkd:
    """systemd-networkd of a guest; ``describe`` what it configures, then ``start`` it."""

    guest: Guest
    _process: subprocess.Popen[str] | None = None

    def describe(self, path: str, text: str) -> None:
        """Write one of its files, such as ``/run/systemd/network/70-ens6.network``."""
        file = self.guest.file(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="ascii")

    def start(self) -> None:
        """Start it, and wait until it has configured every link that it describes."""
        self.guest.run("sh", "-c", DATABASE)
        self._process = self.guest.start(NETWORKD)
        assert eventually(self._settled)

    def _settled(self) -> bool:
        link = "/run/systemd/netif/links/$(cat /sys/class/net/ens5/ifindex)"
        primary = self.guest.run("sh", "-c", f"grep ADMIN_STATE {link}").stdout
        every = self.guest.run("sh", "-c", "grep -h ADMIN_STATE /run/systemd/netif/links/*").stdout
        return "=configured" in primary and not re.search("=(pending|configuring)", every)

    def stop(self) -> None:
        """End it, as a restart of its unit begins."""
        assert self._process
        self._process.terminate()
        self._process.wait()
        self.guest.run("sh", "-c", "rm -f /run/systemd/netif/links/* /run/systemd/netif/state")

    def restart(self) -> None:
        """Start it anew: it removes what it did not make."""
        self.stop()
        self.start()
