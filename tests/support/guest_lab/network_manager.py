"""The real NetworkManager in a guest, from unpacked packages: an installed one runs the host."""

from dataclasses import dataclass

import pytest

from tests.support.guest_lab.daemons import eventually
from tests.support.guest_lab.guest import Guest
from tests.support.readers.template import ROOT

UNPACKED = ROOT / ".local" / "debian"
PATHS = f"{UNPACKED}/lib/x86_64-linux-gnu:{UNPACKED}/lib/aarch64-linux-gnu"
BUS = """<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen>
<auth>EXTERNAL</auth><policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/><allow user="*"/></policy></busconfig>
"""
CONFIGURATION = """[main]
plugins=keyfile
rc-manager=unmanaged
dns=none
auth-polkit=false
"""
PRIMARY = """[connection]
id=primary
type=ethernet
interface-name=ens5
[ipv4]
method=manual
address1=10.0.1.10/24,10.0.1.1
route-metric=100
[ipv6]
method=disabled
"""
PREPARE = f"""
mount -t overlay lab -o lowerdir={UNPACKED}/usr:/usr /usr
mount -o remount,bind,ro /sys
mkdir -p /etc/NetworkManager/system-connections /var/lib/NetworkManager
"""


def need_network_manager() -> None:
    """Skip where it is not unpacked."""
    if not (UNPACKED / "usr/sbin/NetworkManager").exists():
        pytest.skip("NetworkManager is not unpacked in .local/debian: see .ci/run")


@dataclass
class NetworkManager:
    """NetworkManager of a guest, with the primary as its own."""

    guest: Guest

    def prepare(self) -> None:
        """Put the programs and their settings in place."""
        self.guest.run("sh", "-ec", PREPARE)
        folder = self.guest.file("/etc/NetworkManager")
        (folder / "NetworkManager.conf").write_text(CONFIGURATION, encoding="ascii")
        profile = folder / "system-connections" / "primary.nmconnection"
        profile.write_text(PRIMARY, encoding="ascii")
        profile.chmod(0o600)

    def start(self) -> None:
        """Start it with a bus of its own, and wait until the primary is configured."""
        self.guest.run("mkdir", "-p", "/run/dbus")
        self.guest.file("/run/dbus.conf").write_text(BUS, encoding="ascii")
        self.guest.start("dbus-daemon", "--config-file=/run/dbus.conf", "--nofork", "--nopidfile")
        assert eventually(self.guest.file("/run/dbus/system_bus_socket").exists)
        self.guest.start(
            *("env", f"LD_LIBRARY_PATH={PATHS}", "/usr/sbin/NetworkManager", "--no-daemon"),
            "--log-level=WARN",
        )
        assert eventually(
            lambda: "default via 10.0.1.1" in self.guest.namespace.shown("route", "show")
        )
