"""What is started for guests ends: when it is told to, and with the server."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from localcloud.ssm.processes import Finished, run_process, stop_processes
from tests.integration.localcloud.cloud import eventually
from tests.support.readers.processes import is_alive

HOUR = 3600.0
PATH = {"PATH": "/usr/bin:/bin"}
SERVER = """
import sys
from pathlib import Path
from localcloud.ssm.processes import run_process

home = Path(sys.argv[1])
script = "sleep 300 & echo $! > pid.new; mv pid.new pid; wait"
environment = {"PATH": "/usr/bin:/bin"}
argv = ("sh", "-c", script)
run_process(argv, environment, home, stdin=b"", timeout=300, stopped=lambda: False)
"""


def run(
    script: str, home: Path, *, timeout: float = HOUR, stopped: Callable[[], bool] = lambda: False
) -> Finished:
    """Run a shell's script."""
    argv = ("sh", "-c", script)
    return run_process(argv, PATH, home, stdin=b"in", timeout=timeout, stopped=stopped)


def test_a_process_has_what_it_is_given_and_no_more(tmp_path: Path) -> None:
    """Its input, its folder, its environment; both outputs and the code come back."""
    finished = run('cat; pwd; echo "$HOME" >&2; exit 7', tmp_path)

    assert finished == Finished(7, f"in{tmp_path}\n", "\n")


def test_a_process_is_killed_with_its_children(tmp_path: Path) -> None:
    """As soon as it is to stop; what it wrote before is kept."""
    pid = tmp_path / "pid"
    finished = run(
        f"sleep 300 & echo $! > {pid}.new; mv {pid}.new {pid}; echo out; wait",
        tmp_path,
        stopped=pid.exists,
    )

    assert finished == Finished(None, "out\n", "")
    assert not is_alive(int(pid.read_text()))


def test_a_child_that_left_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """It has a session of its own, and the pipes of the process that is killed."""
    pid = tmp_path / "pid"
    began = time.monotonic()

    finished = run(f"setsid sleep 5 & echo $! > {pid}; wait", tmp_path, timeout=0.2)

    assert finished.exit_code is None
    assert time.monotonic() - began < 4


def test_the_end_of_the_server_is_the_end_of_all(tmp_path: Path) -> None:
    """A script of an hour does not outlive what it runs for."""
    pid, ended = tmp_path / "pid", list[Finished]()
    script = f"echo $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 300"
    running = Thread(target=lambda: ended.append(run(script, tmp_path)))
    running.start()
    assert eventually(pid.exists)

    stop_processes()
    running.join(60)

    assert not is_alive(int(pid.read_text()))
    assert ended[0].exit_code == -9


def test_a_server_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    """It has no time to end anything itself."""
    pid = tmp_path / "pid"
    with subprocess.Popen([sys.executable, "-c", SERVER, str(tmp_path)], cwd="tools") as server:
        assert eventually(pid.exists)
        server.send_signal(signal.SIGKILL)

    assert eventually(lambda: not is_alive(int(pid.read_text())))
