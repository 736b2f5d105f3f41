"""`dualhome watch` on the deployed stack."""

import json
import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.support.deployed.command import COMMAND, environment
from tests.support.deployed.stack import Stack
from tests.support.deployed.world import World


@pytest.fixture
def watch(stack: Stack) -> Iterator[subprocess.Popen[str]]:
    """The command, once it watches."""
    with subprocess.Popen(
        [*COMMAND, "watch", "-o", "json"],
        env=environment(stack),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert "Watching dualhome in us-east-1" in process.stderr.readline()
        yield process
        process.kill()


def test_moves_are_shown_as_they_happen_until_ctrl_c(
    world: World, watch: subprocess.Popen[str]
) -> None:
    """Left open during a rollout, a move is an object on a line; it ends without a word."""
    target = world.target()
    target.interface()
    instance = world.launch(targets=target.name)

    states = []
    assert watch.stdout is not None
    for line in watch.stdout:
        move = json.loads(line)
        if move["instance"] == instance:
            states.append(move["to_state"])
        if states[-1:] == ["attached"]:
            break
    watch.send_signal(signal.SIGINT)
    _, errors = watch.communicate(timeout=60)

    assert ["claimed", "attaching", "attached"] == states
    assert (130, "") == (watch.returncode, errors)
