"""The command `dualhome`, run as a user runs it."""

import json
import shlex
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.screen import Screen
from localcloud.client.environment import bound_to
from localcloud.client.lifecycle import LocalCloud

ROOT = Path(__file__).parents[2]
PACKAGES = f"{ROOT / 'layers' / 'dualhome'}:{ROOT / 'cli'}"
ANSWERED = (0, 1)
"""Exit codes: fine, and something needs attention; a crash has the latter, too."""

Row = Mapping[str, Any]


class CommandError(Exception):
    """The command could not answer; the message is what it said."""


@dataclass(frozen=True)
class Command:
    """The command, bound to a cloud; what is shown is shown on the screen."""

    cloud: LocalCloud
    screen: Screen

    def show(self, *words: str) -> None:
        """Show the command line `dualhome WORDS`, and what it says. Raises: CommandError."""
        line = shlex.join(("dualhome", *words))
        self.screen.command(line)
        with self.screen.waiting("waiting for its answer"):
            said = self._run(*words)
        self.screen.answer(said.stdout + said.stderr)

    def ask(self, *words: str) -> list[Row]:
        """Show the same, and return its answer as rows. Raises: CommandError."""
        with ThreadPoolExecutor(1) as meanwhile:
            answer = meanwhile.submit(self.rows, *words)
            self.show(*words)
            return answer.result()

    def rows(self, *words: str) -> list[Row]:
        """Return the rows of an answer that is not shown. Raises: CommandError."""
        answer: list[Row] = json.loads(self._run(*words, "-o", "json").stdout)
        return answer

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        terminal = {"COLUMNS": str(self.screen.room)}
        if self.screen.coloured:
            terminal["FORCE_COLOR"] = "1"
        done = subprocess.run(
            [sys.executable, "-m", "dualhome_cli", *words],
            env=bound_to(self.cloud.endpoint, self.cloud.region)
            | {"PYTHONPATH": PACKAGES}
            | terminal,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in ANSWERED or "Traceback" in done.stderr:
            raise CommandError(f"dualhome {shlex.join(words)}: {done.stderr.strip()}")
        return done
