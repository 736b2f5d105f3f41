"""The file for the next boot that each system gets, and the unit that sets what no file can."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.guest_lab.guest import SCRIPT, Guest
from tests.support.guest_lab.lab import Scene, bring_up
from tests.support.guest_lab.needs import need
from tests.support.guest_lab.network_manager import UNPACKED, need_network_manager

FILES = {
    "networkd": "/etc/systemd/network/01-dualhome-{eni}.network",
    "netplan": "/etc/netplan/90-dualhome-{eni}.yaml",
    "nm": "/etc/NetworkManager/system-connections/dualhome-{eni}.nmconnection",
    "wicked": "/etc/sysconfig/network/ifroute-ens6",
    "none": "",
}
PROMISED = {
    "networkd": (
        "Address=10.1.1.10/32",
        "Table=10001\nDestination=10.1.1.0/24\nScope=link",
        "Destination=0.0.0.0/0\nGateway=10.1.1.1",
        "Priority=10000\nTable=254\nFrom=10.0.1.10\nTo=10.1.0.0/16",
        "Priority=10001\nTable=10001\nFrom=10.1.1.10",
        "OutgoingInterface=ens6",
        "To=10.1.0.0/16\nSuppressPrefixLength=16",
        "Priority=25001\nTable=10001\nTo=10.1.0.0/16",
    ),
    "netplan": (
        'match: {macaddress: "06:',
        '- "10.1.1.10/32"',
        '{to: "10.1.1.0/24", scope: link, table: 10001',
        '{to: "0.0.0.0/0", via: "10.1.1.1", on-link: true, table: 10001',
        '{from: "10.0.1.10", to: "10.1.0.0/16", table: 254, priority: 10000}',
        '{from: "10.1.1.10", table: 10001, priority: 10001}',
        '{to: "10.1.0.0/16", table: 10001, priority: 25001}',
    ),
    "nm": (
        "org.freedesktop.nm-cloud-setup.skip=yes",
        "address1=10.1.1.10/32",
        "=10.1.1.0/24\n",
        "=0.0.0.0/0,10.1.1.1\n",
        "priority 10000 from 10.0.1.10 to 10.1.0.0/16 table 254",
        "priority 10001 from 10.1.1.10 table 10001",
        "priority 25001 to 10.1.0.0/16 table 10001",
        "never-default=true",
    ),
    "wicked": ("10.1.1.0/24 - - ens6 table 10001", "default 10.1.1.1 - ens6 table 10001"),
}


def written(guest: Guest, path: str) -> str:
    """Return the text of a file."""
    return guest.file(path).read_text(encoding="ascii")


@pytest.mark.parametrize("backend", FILES)
def test_the_file_of_each_system_holds_what_is_set_and_goes_with_undo(
    scene: Scene, backend: str
) -> None:
    """No restart of the system's network is needed: the kernel has it already."""
    before = scene.guest.state()
    done = scene.guest.apply(scene.second, BACKEND=backend, NATIVE_WAIT="0")
    path = FILES[backend].format(eni=f"eni-{scene.second.port}")

    assert (0, path) == (done.status, done.json["file"]), done.said
    if path:
        assert [] == [it for it in PROMISED[backend] if it not in written(scene.guest, path)]
    assert [] == scene.guest.apply(scene.second, BACKEND=backend, NATIVE_WAIT="0").json["changed"]
    assert 0 == scene.guest.undo(scene.second).status
    assert before == scene.guest.state()


def test_wicked_gets_its_three_files(scene: Scene) -> None:
    """Their form is that of ifcfg(5), ifroute(5) and ifrule(5); wicked itself is not run."""
    scene.guest.apply(scene.second, BACKEND="wicked")
    folder = "/etc/sysconfig/network"

    assert "IPADDR_0=10.1.1.10/32" in written(scene.guest, f"{folder}/ifcfg-ens6")
    assert "ipv4 from 10.1.1.10 table 10001 priority 10001" in written(
        scene.guest, f"{folder}/ifrule-ens6"
    )


def test_a_lease_of_net_utils_gets_a_drop_in_that_leaves_names_alone(scene: Scene) -> None:
    """A second lease must not change who answers names, and brings no second default route."""
    unit = "/run/systemd/network/70-ens6.network"
    scene.guest.file(unit).parent.mkdir(parents=True)
    scene.guest.file(unit).write_text("[Match]\nName=ens6\n", encoding="ascii")
    bring_up(scene.second, metric=513)

    done = scene.guest.apply(scene.second, BACKEND="networkd")

    text = written(scene.guest, done.json["file"])
    assert "/70-ens6.network.d/90-dualhome-" in done.json["file"]
    assert "[Match]" not in text
    assert "[Address]" not in text
    for line in ("DNSDefaultRoute=no", "UseDNS=no", "UseGateway=no", "UseDomains=no"):
        assert line in text


@pytest.mark.parametrize(
    ("there", "backend"),
    [
        ("mkdir -p /etc/netplan /run/bin; printf '#!/bin/sh\n' >/run/bin/netplan", "netplan"),
        ("mkdir -p /run/NetworkManager/devices", "nm"),
        ("mkdir -p /run/systemd/netif; touch /run/systemd/netif/state", "networkd"),
        ("true", "none"),
    ],
)
def test_the_system_is_known_by_what_runs_on_it(scene: Scene, there: str, backend: str) -> None:
    """The image's name says less."""
    guest = scene.guest
    guest.run("sh", "-c", f"{there}; chmod -R a+x /run/bin 2>/dev/null")
    path = guest.run("sh", "-c", "echo $PATH").stdout.strip()
    words = [
        *(f"ENI=eni-{scene.second.port}", f"MAC={scene.second.mac}", "INDEX=1", "WAIT=2"),
        *("ADDRESSES=10.1.1.10", "SUBNETS=10.1.1.0/24", "TARGET_CIDRS=10.1.0.0/16"),
        *("PRIMARY_CIDRS=10.0.0.0/16", "NATIVE_WAIT=0"),
    ]

    done = guest.script("apply", *words, PATH=f"{path}:/run/bin")

    assert (0, backend) == (done.status, done.json["backend"])


SYSTEMCTL = """#!/bin/sh
echo "$*" >>/run/systemctl.log
case $1 in
  start) setsid sh -c "$(sed -n s/^ExecStart=//p "/etc/systemd/system/$2")" >/dev/null 2>&1 & ;;
  is-active) [ -d "/proc/$(cat /run/dualhome/*.watch)" ] ;;
esac
"""


def test_where_systemd_runs_a_unit_watches_and_boots(scene: Scene) -> None:
    """systemctl is an imitation here; systemd itself judges the file."""
    need("systemd-analyze")
    guest = scene.guest
    guest.run("mkdir", "-p", "/run/systemd/system", "/run/bin")
    guest.file("/run/bin/systemctl").write_text(SYSTEMCTL, encoding="ascii")
    guest.file("/run/bin/systemctl").chmod(0o755)
    guest.run("mount", "--bind", "/run/bin/systemctl", "/usr/bin/systemctl")

    done = guest.apply(scene.second)

    unit = f"dualhome-guest-eni-{scene.second.port}.service"
    judged = guest.run("systemd-analyze", "verify", "--man=no", f"/etc/systemd/system/{unit}")
    assert 0 == done.status, done.said
    assert f"unit {unit}" == done.json["watch"]
    assert "" == re.sub(r".*(?<!dualhome-guest)\.(socket|service|mount).*\n", "", judged.stderr)
    assert 0 == guest.undo(scene.second).status
    assert [
        "daemon-reload",
        f"enable {unit}",
        f"start {unit}",
        f"disable --now {unit}",
        "daemon-reload",
    ] == [
        it
        for it in guest.file("/run/systemctl.log").read_text(encoding="ascii").splitlines()
        if not it.startswith("is-active")
    ]


def test_where_nothing_can_watch_status_says_so(scene: Scene) -> None:
    """A script without a file of its own cannot be started again."""
    guest = scene.guest
    facts = (
        f"ENI=eni-{scene.second.port} MAC={scene.second.mac} INDEX=1 ADDRESSES=10.1.1.10"
        " SUBNETS=10.1.1.0/24 TARGET_CIDRS=10.1.0.0/16 PRIMARY_CIDRS=10.0.0.0/16"
    )

    done = guest.run("sh", "-c", f"dash -s apply {facts} <{SCRIPT}")

    assert 0 == done.returncode, done.stdout
    assert "nothing watches" in done.stdout
    assert (
        "none: neither systemd nor a process watches" in (guest.status(scene.second).json["watch"])
    )


def test_netplan_itself_reads_the_file(scene: Scene, tmp_path: Path) -> None:
    """Its generator makes units of it, for systemd-networkd."""
    need_network_manager()
    done = scene.guest.apply(scene.second, BACKEND="netplan")
    folder = tmp_path / "etc" / "netplan"
    folder.mkdir(parents=True)
    file = folder / "90-dualhome.yaml"
    file.write_text(written(scene.guest, done.json["file"]), encoding="ascii")
    file.chmod(0o600)
    libraries = next(UNPACKED.glob("usr/lib/*-linux-gnu"))

    made = subprocess.run(
        [UNPACKED / "usr/libexec/netplan/generate", "--root-dir", tmp_path],
        env={"LD_LIBRARY_PATH": str(libraries)},
        capture_output=True,
        text=True,
        check=False,
    )

    unit = "".join(it.read_text() for it in tmp_path.glob("run/systemd/network/*.network"))
    assert (0, "") == (made.returncode, made.stderr)
    assert "Address=10.1.1.10/32" in unit
    assert "To=10.1.0.0/16" in unit
    assert "Priority=25001" in unit
    assert "Table=10001" in unit
