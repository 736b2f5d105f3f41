"""An instance: network, /etc, /run and /var/lib of its own, and the guest script in it."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.guest_lab.fabric import Interface
from tests.support.guest_lab.netns import Namespace
from tests.support.readers.template import ROOT

SCRIPT = ROOT / "guest" / "dualhome-guest"
OWN = ("/etc", "/var/lib")
"""Copied on write; /run is empty at first."""
LAYERS = "/mnt"
"""Where a guest's own mount namespace keeps what it has written."""

_MOUNTS = f"""
mount -t tmpfs lab {LAYERS}
for folder in {" ".join(OWN)}; do
  own="{LAYERS}$folder"
  mkdir -p "$own/up" "$own/work"
  mount -t overlay lab -o "lowerdir=$folder,upperdir=$own/up,workdir=$own/work" "$folder"
done
mount -t tmpfs lab /run
echo mounted
exec sleep 86400
"""


@dataclass(frozen=True)
class Outcome:
    """How a run of the script ended."""

    status: int
    said: str
    progress: str

    @property
    def json(self) -> dict[str, Any]:
        """
        The line that it printed.

        Raises:
            AssertionError: it printed none, or several.
        """
        lines = self.said.splitlines()
        assert len(lines) == 1, (self.status, self.said, self.progress)
        return dict(json.loads(lines[0]))

    @property
    def error(self) -> str:
        """The code of its error; nothing, if there was none."""
        return str((self.json["error"] or {}).get("code", ""))


@dataclass
class Guest:
    """One instance."""

    namespace: Namespace
    shell: Sequence[str] = ("dash",)
    _processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @classmethod
    def create(cls, name: str, *, rp_filter: int = 0) -> "Guest":
        """Return one without interfaces."""
        made = cls(Namespace.create(name, rp_filter=rp_filter))
        holder = subprocess.Popen(
            [
                *("ip", "netns", "exec", made.namespace.name),
                *("unshare", "--mount", "--propagation", "private", "sh", "-ec", _MOUNTS),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        made._processes.append(holder)
        assert holder.stdout
        assert holder.stdout.readline() == "mounted\n"
        holder.stdout.close()
        return made

    @property
    def root(self) -> Path:
        """Its files, as seen from outside."""
        return Path(f"/proc/{self._processes[0].pid}/root")

    def file(self, path: str) -> Path:
        """Return one of its files."""
        return self.root / path.lstrip("/")

    def command(self, *argv: str) -> list[str]:
        """Return what runs a program in it."""
        return ["nsenter", "-t", str(self._processes[0].pid), "-m", "-n", "--", *argv]

    def run(self, *argv: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a program in it."""
        words = [f"{name}={value}" for name, value in environment.items()]
        return subprocess.run(
            self.command("env", *words, *argv),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self, *argv: str) -> subprocess.Popen[str]:
        """Start a program in it that ends with the lab."""
        started = subprocess.Popen(
            self.command(*argv), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
        )
        self._processes.append(started)
        return started

    def script(self, *words: str, **environment: str) -> Outcome:
        """Run the script."""
        done = self.run(*self.shell, str(SCRIPT), *words, **environment)
        return Outcome(done.returncode, done.stdout, done.stderr)

    def apply(self, interface: Interface, **facts: str) -> Outcome:
        """Run its ``apply`` with what the control plane knows of an interface."""
        known = {
            "ENI": f"eni-{interface.port}",
            "MAC": interface.mac,
            "INDEX": "1",
            "ADDRESSES": " ".join(interface.addresses),
            "SUBNETS": interface.subnet,
            "TARGET_CIDRS": "10.1.0.0/16",
            "PRIMARY_CIDRS": "10.0.0.0/16",
            "WAIT": "5",
        }
        return self.script("apply", *(f"{key}={value}" for key, value in (known | facts).items()))

    def verify(self, interface: Interface) -> Outcome:
        """Run its ``verify``."""
        return self.script("verify", f"ENI=eni-{interface.port}")

    def undo(self, interface: Interface) -> Outcome:
        """Run its ``undo``."""
        return self.script("undo", f"ENI=eni-{interface.port}")

    def status(self, interface: Interface) -> Outcome:
        """Run its ``status``."""
        return self.script("status", f"ENI=eni-{interface.port}")

    def state(self) -> Mapping[str, str]:
        """Return all that the script may change: rules, routes, addresses, settings and files."""
        shown = self.namespace.shown
        listed = {
            " ".join(words): shown(*words)
            for family in ("-4", "-6")
            for words in (
                (family, "rule"),
                (family, "route", "show", "table", "all"),
                (family, "-o", "addr"),
            )
        }
        listed["settings"] = self.run(
            "sh", "-c", "cd /proc/sys/net/ipv6/conf && grep . */accept_ra* */forwarding"
        ).stdout
        listed["rp_filter"] = self.run("sh", "-c", "grep . /proc/sys/net/ipv4/conf/*/*").stdout
        return listed | self.written()

    def processes(self) -> int:
        """Return how many processes are in its network, the one that holds it included."""
        return len(self.namespace.pids())

    def written(self) -> dict[str, str]:
        """Return its files that differ from the host's, and the folders that the host has not."""
        found = {}
        for folder in OWN:
            upper = self.file(f"{LAYERS}{folder}/up")
            for path in sorted(upper.rglob("*")):
                name = f"{folder}/{path.relative_to(upper)}"
                if path.is_dir() and not path.is_symlink():
                    if not Path(name).is_dir():
                        found[name] = "a folder"
                elif path.is_file():
                    found[name] = path.read_text(encoding="utf-8", errors="replace")
                else:
                    found[name] = "removed"
        return found

    def reboot(self) -> None:
        """Lose what a reboot loses: processes, /run, addresses, routes and rules, not the files."""
        for pid in self.namespace.pids():
            if int(pid) != self._processes[0].pid:
                self.run("kill", "-KILL", pid)
        self.run("sh", "-c", "rm -rf /run/* /run/.[!.]*")
        for link in json.loads(self.namespace.shown("-j", "link")):
            if link["ifname"] != "lo":
                self.namespace.change(
                    f"addr flush dev {link['ifname']}", f"link set {link['ifname']} down"
                )
        for family in ("-4", "-6"):
            for rule in json.loads(self.namespace.shown(family, "-j", "rule")):
                if rule["priority"] not in {0, 32766, 32767}:
                    self.run("ip", family, "rule", "del", "priority", str(rule["priority"]))

    def close(self) -> None:
        """End its processes."""
        self.namespace.delete()
        for process in self._processes:
            process.kill()
            process.wait()


def missing_tools(*names: str) -> list[str]:
    """Return those of the programs that this machine has not."""
    return [name for name in names if not shutil.which(name)]
