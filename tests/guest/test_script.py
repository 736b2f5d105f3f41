"""The script as a file: any /bin/sh runs it, a command document holds it, a page explains it."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.guest_lab.guest import SCRIPT
from tests.support.guest_lab.lab import a_scene, open_lab
from tests.support.guest_lab.needs import need
from tests.support.guest_lab.netns import run
from tests.support.readers.template import ROOT

MOST_BYTES = 64_000
"""A document of Systems Manager holds 64 KB (its User Guide, quotas), the script inline."""

TEXT = SCRIPT.read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "guest.md").read_text(encoding="utf-8")
ROW = r"^\| `([A-Z_0-9]+)` \| "
WRITES_TO = (
    *("/etc/systemd/network", "/etc/systemd/system", "/etc/netplan", "/etc/NetworkManager"),
    *("/etc/sysconfig", "/var/lib/dualhome", "/run/dualhome", "/run/systemd/network"),
)


def test_it_fits_into_a_command_document() -> None:
    """It travels inline, with every byte."""
    assert len(TEXT.encode()) < MOST_BYTES
    assert os.access(SCRIPT, os.X_OK)


@pytest.mark.parametrize("shell", ["dash", "bash --posix", "busybox sh"])
def test_every_shell_can_read_it(shell: str) -> None:
    """Its syntax is that of POSIX."""
    need(shell.split(maxsplit=1)[0])
    done = subprocess.run(
        [*shell.split(), "-n", SCRIPT], capture_output=True, text=True, check=False
    )

    assert (0, "") == (done.returncode, done.stderr)


def test_shellcheck_finds_nothing() -> None:
    """What is meant otherwise is named at the head."""
    need("shellcheck")
    done = subprocess.run(
        ["shellcheck", "--shell=sh", SCRIPT],  # noqa: S607 - found above
        capture_output=True,
        text=True,
        check=False,
    )

    assert "" == done.stdout


def test_it_never_restarts_the_network_of_the_host() -> None:
    """It changes the kernel and leaves a file; systemctl is called for its own unit alone."""
    assert not re.search(r"netplan apply|networkctl|nmcli|systemctl restart|wicked if", TEXT)
    assert {"disable", "daemon-reload", "is-active", "enable", "start"} == set(
        re.findall(r"systemctl ([a-z-]+)", TEXT)
    ) - {"could"}


def test_the_page_explains_each_parameter_code_and_no_other() -> None:
    """The line's words are looked up there."""
    parameters = set(re.findall(r"\b([A-Z][A-Z_0-9]+)\) [A-Z_0-9]+=\$", TEXT))
    codes = set(re.findall(r"(?:fail|report) [0-9] ([A-Z_]+)", TEXT))

    assert {"MAC", "ROUTES"} <= parameters
    assert parameters == set(
        re.findall(ROW + r"[^|\d]*[^|]*(?:needed|default)", PAGE, re.MULTILINE)
    )
    assert codes == set(re.findall(ROW + r"\d \|", PAGE, re.MULTILINE))


def listing() -> dict[str, str]:
    """Return what of this machine the script would change, if it reached it."""
    files = {
        str(path): str(path.lstat().st_mtime_ns)
        for folder in WRITES_TO
        for path in (Path(folder), *Path(folder).rglob("*"))
        if path.exists()
    }
    questions = ("rule", "-6 rule", "route show table all", "-o addr show scope global")
    shown = {words: run("ip", *words.split()).stdout for words in questions}
    settings = {
        str(path): path.read_text(encoding="ascii")
        for path in Path("/proc/sys/net/ipv4/conf").glob("*/rp_filter")
    }
    return files | shown | settings


def test_the_lab_leaves_the_machine_as_it_was(namespaces: None) -> None:  # noqa: ARG001 - it skips
    """The guests have their own /etc, /run and /var/lib."""
    before = listing()
    with open_lab() as lab:
        scene = a_scene(lab)
        for backend in ("networkd", "netplan", "nm", "wicked"):
            scene.guest.apply(scene.second, BACKEND=backend, NATIVE_WAIT="0")

    assert before == listing()
