"""A folder with a template and a local cloud of its own, used from a shell."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
SAM = ROOT / ".local" / "venvs" / "sam"


@cache
def tracked(*suffixes: str) -> Mapping[str, str]:
    """Return the text of each file of the checkout whose name ends so, by its path from here."""
    listed = subprocess.run(
        ["git", "ls-files", *(f"*{suffix}" for suffix in suffixes)],  # noqa: S607 - the git of the checkout's owner
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in listed}


@dataclass(frozen=True)
class Checkout:
    """What a developer has and types."""

    folder: Path

    def local(self, name: str) -> Path:
        """Return the path of one of the local cloud's files."""
        return self.folder / ".local" / name

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start `python -m` with ``words`` in this folder."""
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(ROOT / "tools")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        """Run `python -m` with ``words`` in this folder; return its status and what it said."""
        with self.start(*words) as command:
            said, _ = command.communicate()
        return command.returncode, said

    def up(self, *words: str) -> tuple[int, str]:
        """Start the local cloud on any port."""
        return self.run("localcloud", "up", "--port", "0", *words)

    def write(self, path: str, text: str) -> None:
        """Write a file of this checkout."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def write_template(self, text: str) -> None:
        """Write the template, and make the SAM CLI known here."""
        self.write("template.yaml", text)
        self.local("venvs").mkdir(parents=True)
        self.local("venvs/sam").symlink_to(SAM)

    @property
    def endpoint(self) -> str:
        """Where the local cloud that was started says it is."""
        return str(json.loads(self.local("localcloud.json").read_text())["endpoint"])
