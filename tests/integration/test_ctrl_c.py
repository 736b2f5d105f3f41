"""Tests that press Ctrl-C do so wherever pytest was started."""

import signal
import subprocess
import sys

SLEEPER = "import time; print('here', flush=True); time.sleep(600)"


def test_what_a_test_starts_ends_by_ctrl_c_although_pytest_was_started_to_ignore_it() -> None:
    """A job that CI starts in the background is."""
    with subprocess.Popen(
        [sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        try:
            ended = process.wait(60)
        finally:
            process.kill()

    assert -signal.SIGINT == ended
