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
SHOWN = 3
LAMBDA_TAKES_MB = 250
"""Of a function and its layers, unpacked (Lambda quotas)."""

IMPORTED = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")
STANDARD = "standard library"
NOTE = (
    "As on Lambda: the built layers alone are on the path, and nothing of them is compiled ahead."
    f" Times are the median of {RUNS}; shares of the imports are those of `python -X importtime`,"
    " by the package whose own lines take the time."
)


def cold_imports(_: Stage) -> list[Figure]:
    """Import each handler from the layers that the deployment has built."""
    rows = [_row(function.parent) for function in sorted((ROOT / "functions").glob("*/app.py"))]
    sizes = {layer.name: _size(layer) / 1e6 for layer in LAYERS}
    parts = ", ".join(f"{name} {size:.1f}" for name, size in sizes.items())
    seen = f"{sum(sizes.values()):.1f} of {LAMBDA_TAKES_MB} MB: {parts}"
    rows.append(Row("layers, unpacked", seen))
    return [Figure("Cold start: a fresh process, to the first line of the handler", rows, NOTE)]


def _row(function: Path) -> Row:
    time_ = median(_milliseconds(function) for _ in range(RUNS))
    shares = _shares(function)
    whole, most = sum(shares.values()), shares.most_common(SHOWN)
    parts = ", ".join(f"{package} {100 * share / whole:.0f} %" for package, share in most)
    return Row(function.name, f"{time_:.0f} ms: {parts}")


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
