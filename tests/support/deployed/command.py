"""The command `dualhome` as a process of its own, against a deployed stack."""

import os
import subprocess
import sys
from collections.abc import Mapping

from localcloud.client.environment import bound_to
from tests.support.deployed.stack import Stack
from tests.support.readers.template import ROOT

PACKAGES = os.pathsep.join(str(ROOT / it) for it in ("layers/dualhome", "cli"))
COMMAND = (sys.executable, "-m", "dualhome_cli")


def environment(stack: Stack, **variables: str | None) -> Mapping[str, str]:
    """Return what binds the command to the stack's cloud, and ``variables``; None: without it."""
    bound = bound_to(stack.cloud.endpoint, stack.cloud.region)
    wanted = bound | {"PYTHONPATH": PACKAGES} | variables
    return {name: value for name, value in wanted.items() if value is not None}


def dualhome(
    stack: Stack, *words: str, typed: str | None = None, **variables: str | None
) -> subprocess.CompletedProcess[str]:
    """Run `dualhome WORDS` to its end, with ``typed`` on its standard input."""
    return subprocess.run(
        [*COMMAND, *words],
        env=environment(stack, **variables),
        input=typed or "",
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
