"""The product's own command, asked about the run's stack."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = os.pathsep.join((str(ROOT / "layers" / "dualhome"), str(ROOT / "cli")))
ANSWERED = (0, 1)
"""Exit codes of `dualhome`: fine, and something needs attention."""


class CommandError(Exception):
    """The command could not answer; the message is what it said."""


def status(stack: str, region: str, instance: str) -> Mapping[str, Any]:
    """
    Return the record of an instance's one target as `dualhome status` shows it, empty if none.

    Raises:
        CommandError: the command failed.
    """
    words = ["--stack-name", stack, "--region", region, "status", instance, "-o", "json"]
    done = subprocess.run(
        [sys.executable, "-m", "dualhome_cli", *words],
        env=os.environ | {"PYTHONPATH": PACKAGES},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in ANSWERED or "Traceback" in done.stderr:
        raise CommandError(f"dualhome status: {done.stderr.strip()}")
    rows: list[Mapping[str, Any]] = json.loads(done.stdout or "[]")
    return rows[0] if rows else {}
