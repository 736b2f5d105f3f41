"""The product's own command, asked about the run's stack."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = os.pathsep.join((str(ROOT / "layers" / "dualhome"), str(ROOT / "cli")))
ANSWERED = (0, 1)
"""Exit codes of `dualhome`: fine, and something needs attention."""
DENIED = "You may not "
"""So `dualhome` begins to name an action that AWS has denied."""


class CommandError(Exception):
    """The command could not answer; the message is what it said."""


@dataclass(frozen=True)
class Operator:
    """Who gives the commands: the environment of the credentials, and the stack."""

    stack: str
    region: str
    credentials: Mapping[str, str]

    def pause(self) -> None:
        """
        Have nothing attached or detached.

        Raises:
            CommandError: it is not known to be paused.
        """
        self._run("pause", "--reason", "a probe of make live", "--yes")

    def resume(self) -> None:
        """
        End the pause.

        Raises:
            CommandError: it is not known to be over.
        """
        self._run("resume", "--yes")

    def _run(self, *words: str) -> None:
        _dualhome(self.stack, self.region, *words, environment=self.credentials)


def status(stack: str, region: str, instance: str) -> Mapping[str, Any]:
    """
    Return the record of an instance's one target as `dualhome status` shows it, empty if none.

    Raises:
        CommandError: the command failed.
    """
    said = _dualhome(stack, region, "status", instance, "-o", "json", environment={})
    rows: list[Mapping[str, Any]] = json.loads(said or "[]")
    return rows[0] if rows else {}


def _dualhome(stack: str, region: str, *words: str, environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "dualhome_cli", "--stack-name", stack, "--region", region, *words],
        env=os.environ | {"PYTHONPATH": PACKAGES, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in ANSWERED or "Traceback" in done.stderr:
        raise CommandError(f"dualhome {words[0]}: {done.stderr.strip()}")
    return done.stdout
