"""What a machine must have for the tests of the guest script; what it lacks is named in the end."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.support.untried import OTHER_SYSTEMS, OTHER_USERS


def need(*programs: str) -> None:
    """Skip the test, or the module, on a machine where it cannot be tried."""
    if sys.platform != "linux":
        pytest.skip(f"{OTHER_SYSTEMS}network namespaces", allow_module_level=True)
    if os.geteuid() != 0:
        pytest.skip(f"{OTHER_USERS}may make network namespaces", allow_module_level=True)
    if missing := [it for it in ("ip", "nft", "nsenter", "unshare", *programs) if not which(it)]:
        pytest.skip(f"not installed: {', '.join(missing)}", allow_module_level=True)
    if subprocess.run(["unshare", "--net", "--mount", "true"], check=False).returncode:  # noqa: S607 - found above
        pytest.skip("root may make no network namespaces", allow_module_level=True)


def which(program: str) -> str | None:
    """Return where a program is, also where only root has it on PATH."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin:/lib/systemd")
