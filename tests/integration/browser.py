"""Chromium without a window, started anew for each page, and a server for it on loopback."""

import html
import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    "--headless",
    "--no-sandbox",  # as root there is none; the pages are ours
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1280,1000",
    "--enable-logging=stderr",
)
SECONDS = 60

_CONSOLE = re.compile(r":CONSOLE[:(][^]]*\] (.*)")
_SAID = re.compile(r'<pre id="said">(.*?)</pre>', re.DOTALL)

HARNESS = """<!doctype html><iframe width=1280 height=900 style="border:0"
src="{path}"></iframe><pre id="said"></pre><script>
const frame = document.querySelector("iframe");
const say = (it) => {{ document.getElementById("said").textContent = JSON.stringify(it); }};
addEventListener("load", () => {{ const page = frame.contentDocument; {script} }});
</script>"""


def find_chromium() -> str | None:
    """Return the browser that ``DUALHOME_CHROMIUM`` names, else the first of the usual names."""
    return os.environ.get("DUALHOME_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@dataclass(frozen=True, slots=True)
class Seen:
    """A document after its scripts have run, and what the console showed meanwhile."""

    document: str
    console: Sequence[str]


@dataclass(frozen=True, slots=True)
class Browser:
    """Opens what is served at ``address``."""

    address: str
    profile: Path

    def open(self, path: str) -> Seen:
        """Load a page."""
        done = self._run("--dump-dom", self.address + path)
        return Seen(done.stdout.decode(), _CONSOLE.findall(done.stderr.decode(errors="replace")))

    def inside(self, path: str, script: str) -> Any:  # noqa: ANN401 - JSON
        """
        Load a page in a frame, and return what ``script`` says about it.

        ``frame`` and ``page`` are the frame and its document. A frame may be as narrow as a
        phone; a window may not.
        """
        # A name of its own: one that is written anew within a second comes from the cache.
        harness = self.profile.parent / f"harness-{uuid4().hex}.html"
        harness.write_text(HARNESS.format(path=path, script=script), "utf-8")
        found = _SAID.search(self.open(harness.name).document)
        return json.loads(html.unescape(found[1])) if found else None

    def print(self, path: str, file: Path) -> bytes:
        """Print a page to ``file``, as PDF."""
        self._run("--no-pdf-header-footer", f"--print-to-pdf={file}", self.address + path)
        return file.read_bytes()

    def _run(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [find_chromium() or "chromium", *OPTIONS, f"--user-data-dir={self.profile}", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's word
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve ``folder`` on a free port of loopback; yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
