"""How long an operator waits for the command `dualhome`, and how much memory its answer takes."""

import os
import re
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.field import Field
from bench.figures import Figure, Row
from bench.records import many_records
from bench.stage import Stage, wait
from dualhome.domain.states import State
from localcloud.client.environment import bound_to

ROOT = Path(__file__).parents[2]
RUNS = 5
MANY = 5000
MANY_RUNS = 3
NOTE = (
    f"A process of its own each, from its start to its end: the median of {RUNS}, of the many"
    f" {MANY_RUNS}. Aims: help 300 ms, one instance and a plan 1 s, {MANY} attachments 5 s. CPU is"
    " the command's own, without the local cloud's. Memory is the most that the process had: an"
    " answer that is streamed hardly adds to it."
)
PACKAGES = os.pathsep.join(str(ROOT / it) for it in ("layers/dualhome", "cli"))
PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
PRINT_PEAK = """
import atexit, pathlib, runpy, sys
status = pathlib.Path("/proc/self/status")
atexit.register(lambda: status.exists() and sys.stderr.write(status.read_text()))
runpy.run_module("dualhome_cli")
"""
"""The parent's own memory counts into what the system says of a child: the child prints its own."""


@dataclass(frozen=True, slots=True)
class _Run:
    milliseconds: float
    cpu: float
    lines: int


def command(stage: Stage) -> list[Figure]:
    """Ask for help, for one instance, for a plan, and for many attachments."""
    field = Field.make(stage, "command", interfaces=1)
    (instance,) = field.launch(1, tagged=True)
    wait(lambda: field.count(State.ATTACHED) == 1)
    few = [("--help",), ("status", instance), ("history", instance), ("plan", instance)]
    rows = [_row(stage, *words) for words in few]
    with many_records(stage, MANY) as target:
        whole = ("status", "--target", target, "-o")
        rows += [_row(stage, *whole, it, runs=MANY_RUNS) for it in ("table", "json", "csv")]
    return [Figure("The command `dualhome`", rows, NOTE)]


def _row(stage: Stage, *words: str, runs: int = RUNS) -> Row:
    done = [_run(stage, words) for _ in range(runs)]
    time_, cpu = median(it.milliseconds for it in done), median(it.cpu for it in done)
    parts = [f"{time_:.0f} ms", f"{cpu:.0f} ms CPU", _peak(stage, words), f"{done[0].lines} lines"]
    return Row(" ".join(words), ", ".join(filter(None, parts)))


def _run(stage: Stage, words: tuple[str, ...]) -> _Run:
    began, before = time.monotonic(), _cpu_of_children()
    out = run_command(stage, *words)
    seconds, cpu = time.monotonic() - began, _cpu_of_children() - before
    return _Run(1000 * seconds, 1000 * cpu, out.count("\n"))


def _peak(stage: Stage, words: tuple[str, ...]) -> str:
    """Return the most memory that the process had, where the system reports it."""
    peak = PEAK.search(_dualhome(stage, "-c", PRINT_PEAK, *words).stderr)
    return f"{int(peak[1]) / 1024:.0f} MB" if peak else ""


def run_command(stage: Stage, *words: str) -> str:
    """Run `dualhome WORDS` to its end, and return what it prints."""
    return _dualhome(stage, "-m", "dualhome_cli", *words).stdout


def _dualhome(stage: Stage, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end; a failure ends the benchmark."""
    return subprocess.run(
        [sys.executable, *words],
        env=bound_to(stage.cloud.endpoint) | {"PYTHONPATH": PACKAGES},
        capture_output=True,
        text=True,
        check=True,
    )


def _cpu_of_children() -> float:
    """Return the seconds that this process's children, those that have ended, have computed."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
