"""`python -m bench`: measure the product; ends with 1 if a promise is broken. Times are none."""

import argparse
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console
from rich.text import Text

from bench.attach import tag_to_attached
from bench.batch import one_batch
from bench.cold import cold_imports
from bench.command import command
from bench.costs import costs
from bench.crowd import crowds
from bench.figures import BROKEN, Figure, draw
from bench.pause import pauses
from bench.stage import STACK, Stage
from localcloud.client.lifecycle import LocalCloud
from localcloud.client.server_process import ServerError
from sam_command.run import SamError

ROOT = Path(__file__).parents[2]
WIDEST = 110
FIGURES: Mapping[str, Callable[[Stage], list[Figure]]] = {
    "costs": costs,
    "attach": tag_to_attached,
    "crowd": crowds,
    "batch": one_batch,
    "cold": cold_imports,
    "command": command,
    "pause": pauses,
}


def main() -> int:
    """Measure on a local cloud of its own, which ends with this process."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--only", choices=FIGURES, help="measure this alone")
    parser.add_argument("--auth", action="store_true", help="enforce IAM policies, as `make up`")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, _leave)
    console = Console()
    console.width = min(console.width, WIDEST)
    console.print(Text(_machine(), "dim"))
    with tempfile.TemporaryDirectory() as folder:
        try:
            broken = _measure(console, Path(folder), wanted)
        except (ServerError, SamError) as error:
            console.print(Text(str(error), BROKEN))
            return 1
    for title, what in broken:
        console.print(Text(f"✗ {title}: {what}", BROKEN))
    return 1 if broken else 0


def _measure(console: Console, folder: Path, wanted: argparse.Namespace) -> list[tuple[str, str]]:
    """Print the figures; return title and row of each promise that is broken."""
    broken = []
    with LocalCloud.start(folder, auth=wanted.auth) as cloud:
        began = time.monotonic()
        stage = Stage(cloud, cloud.deploy(ROOT / "template.yaml", STACK))
        policies = f"IAM policies {'' if wanted.auth else 'not '}enforced"
        console.print(Text(f"{policies}, deployed in {time.monotonic() - began:.1f} s", "dim"))
        for name in [wanted.only] if wanted.only else FIGURES:
            for figure in FIGURES[name](stage):
                console.print()
                console.print(draw(figure))
                broken += [(figure.title, f"{row.what} {row.seen}") for row in figure.broken]
    return broken


def _machine() -> str:
    system = f"{platform.system()} {platform.machine()}"
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {system}, Python {platform.python_version()},"
        f" load {load:.1f} at the start; on Lambda: arm64, Python 3.13"
    )


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
