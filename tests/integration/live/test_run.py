"""`make live` as a user runs it: it finds what it believes, and leaves nothing behind."""

import json
import random
import signal

from live.beliefs import BELIEFS
from live.probes.table import PROBES
from live.run import Exit
from tests.integration.live.account import PATIENCE, Account
from tests.support.readers.processes import comes_true

MADE_BEFORE_PROBES = 27
"""Calls of a run that change something, about: network, events, bucket, deployment."""


def a_run(account: Account) -> list[str]:
    """Return what a run is started with."""
    return ["--yes-account", account.id, "--patience", PATIENCE]


def test_a_run_finds_every_belief_held_and_leaves_nothing_behind(account: Account) -> None:
    """The very program that a person starts in an account, on the local cloud as it is."""
    wanted = {it.id: "held" if it.id in PROBES else "not probed" for it in BELIEFS}

    done = account.run(*a_run(account))

    (report,) = [json.loads(it.read_text()) for it in account.folder.glob("*.json")]
    seen = {it["id"]: it["seen"] for it in report["findings"] if it["verdict"] != "held"}
    assert wanted == {it["id"]: it["verdict"] for it in report["findings"]}, seen
    assert (Exit.HELD, {}, "") == (done.returncode, report["left"], report["error"]), done.stdout


def test_what_a_crash_leaves_is_found_by_its_tag(account: Account) -> None:
    """The process dies at a random step, without a word; another one refuses, then removes it."""
    step = random.randrange(1, MADE_BEFORE_PROBES + 3)  # noqa: S311 - no secret
    with account.started(*a_run(account)) as process:
        assert account.makes(step), step
        process.kill()

    assert Exit.NOT_BEGUN == account.run(*a_run(account)).returncode, step
    removed = account.run("--cleanup", "--yes-account", account.id)
    assert Exit.HELD == removed.returncode, (step, removed.stdout)


def test_a_run_that_is_interrupted_removes_what_it_has_made(account: Account) -> None:
    """Ctrl-C in the middle of the probes; what was found by then is reported."""
    with account.started(*a_run(account)) as process:
        assert account.makes(MADE_BEFORE_PROBES + 2)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate()

    assert Exit.UNFINISHED == process.returncode, said
    assert "Not finished: interrupted" in said


def test_a_second_interruption_says_what_is_left_and_how_it_is_removed(account: Account) -> None:
    """A person who cannot wait for AWS; what is held up is one step of the removal."""
    held = {"do": "hold", "service": "ec2", "action": "DeleteVpc", "principal": account.id}
    (order,) = account.cloud.interrupt(held)
    with account.started(*a_run(account)) as process:
        assert account.makes(6)
        process.send_signal(signal.SIGINT)
        assert comes_true(lambda: account.cloud.interruptions()[order]["done"] > 0)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate()
    account.cloud.call_off()

    assert Exit.LEFT == process.returncode, said
    assert "Left: VPC vpc-" in said
    assert "make live CLEANUP=1" in said
    assert Exit.HELD == account.run("--cleanup", "--yes-account", account.id).returncode
