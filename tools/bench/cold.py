"""How long a function's code takes to import in a fresh process, and how large the layers are."""

import os
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median

from bench.figures import Figure, Row
from bench.stage import Stage

ROOT = Path(__file__).parents[2]
LAYERS = tuple(
    ROOT / ".aws-sam" / "build" / name for name in ("DualhomeLayer", "DependenciesLayer")
)
RUNS = 5
SHOWN = 5
LAMBDA_TAKES_MB = 250
"""Of a function and its layers, unpacked (Lambda quotas)."""

IMPORTED = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")
STANDARD = "the standard library"
NOTE = (
    "As on Lambda: the built layers alone are on the path, and nothing of them is compiled ahead."
    " Shares are of `python -X importtime`, whose own work makes the sum a little longer."
)


def cold_imports(_: Stage) -> list[Figure]:
    """Import each handler from the layers that the deployment has built."""
    rows: list[Row] = []
    for function in sorted((ROOT / "functions").iterdir()):
        rows += _of(function)
    sizes = {layer.name: _size(layer) / 1e6 for layer in LAYERS}
    rows.append(Row("layers, unpacked", f"{sum(sizes.values()):.1f} of {LAMBDA_TAKES_MB} MB"))
    rows += [Row(f"    {name}", f"{size:.1f} MB") for name, size in sizes.items()]
    return [Figure("Cold start: a fresh process, to the first line of the handler", rows, NOTE)]


def _of(function: Path) -> list[Row]:
    times = [_milliseconds(function) for _ in range(RUNS)]
    shares = _shares(function).most_common()
    whole, most = sum(time for _, time in shares), shares[:SHOWN]
    return [
        Row(f"{function.name}, to its first line", f"{median(times):.0f} ms, median of {RUNS}"),
        Row("  imports, measured one by one", f"{whole / 1000:.0f} ms"),
        *(Row(f"    {name}", f"{time / 1000:.0f} ms") for name, time in most),
    ]


def _milliseconds(function: Path) -> float:
    """Return the time from the start of a process to the moment its handler can be called."""
    began = time.monotonic()
    said = _python(function, "-c", "import app, time; print(time.monotonic())").stdout
    return 1000 * (float(said) - began)


def _shares(function: Path) -> Counter[str]:
    """Return the microseconds that each package's own modules take."""
    report = _python(function, "-X", "importtime", "-c", "import app").stderr
    shares: Counter[str] = Counter()
    ours = {"app", *(entry.stem for layer in LAYERS for entry in (layer / "python").iterdir())}
    for microseconds, module in IMPORTED.findall(report):
        package = module.partition(".")[0]
        shares[package if package in ours else STANDARD] += int(microseconds)
    return shares


def _python(function: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python as Lambda does: of what is installed here, only the standard library is seen."""
    path = os.pathsep.join((str(function), *(str(layer / "python") for layer in LAYERS)))
    return subprocess.run(
        [sys.executable, "-S", "-B", *words],
        cwd=function,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
