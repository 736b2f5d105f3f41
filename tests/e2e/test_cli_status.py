"""`dualhome status` and `history` on the deployed stack."""

import csv
import io
import json
import os
import pty
import subprocess

import pytest

from tests.support.deployed.command import COMMAND, dualhome, environment
from tests.support.deployed.stack import Stack
from tests.support.deployed.world import World


@pytest.fixture
def attached(world: World) -> tuple[str, str, str]:
    """An instance, its interface, and their target."""
    target = world.target()
    interface = target.interface()
    instance = world.launch(targets=target.name)
    world.comes_to("attached", instance, target.name)
    return instance, interface, target.name


def test_an_instance_says_what_is_attached_where(
    stack: Stack, attached: tuple[str, str, str]
) -> None:
    """The first question at night."""
    instance, interface, target = attached

    done = dualhome(stack, "status", instance, "-o", "json")

    assert (0, "") == (done.returncode, done.stderr)
    (row,) = json.loads(done.stdout)
    assert (instance, target, "attached", interface, 1) == tuple(
        row[name] for name in ("instance", "target", "state", "interface", "device_index")
    )


def test_everything_is_found_without_knowing_the_targets(
    stack: Stack, world: World, attached: tuple[str, str, str]
) -> None:
    """Targets come from VPCs, or from instances that ask for what no VPC serves."""
    lonely = world.launch(targets=world.named("nowhere"))
    world.comes_to("refused", lonely, world.named("nowhere"))

    done = dualhome(stack, "status", "-o", "csv")

    states = {row["instance"]: row["state"] for row in csv.DictReader(io.StringIO(done.stdout))}
    assert {attached[0]: "attached", lonely: "refused"}.items() <= states.items()


def test_attention_is_asked_for_by_a_script(stack: Stack, world: World) -> None:
    """Exit code 1 says that an operator should act, and the answer on what."""
    target = world.target()
    instance = world.launch(targets=target.name)
    world.comes_to("refused", instance, target.name)

    done = dualhome(stack, "status", "--target", target.name, "--attention")

    assert 1 == done.returncode
    assert instance in done.stdout


def test_a_history_tells_the_moves_of_an_instance_and_of_its_interface(
    stack: Stack, attached: tuple[str, str, str]
) -> None:
    """In the order in which they were made, from both sides."""
    instance, interface, _ = attached

    ofs = [dualhome(stack, "history", it, "-o", "json").stdout for it in (instance, interface)]

    first, second = ([row["to_state"] for row in json.loads(text)] for text in ofs)
    assert ["claimed", "attaching", "attached"] == first
    assert first == second


def test_the_day_holds_what_happened_to_everybody(
    stack: Stack, attached: tuple[str, str, str]
) -> None:
    """The operator of the morning reads the night."""
    done = dualhome(stack, "history", "--since", "1h", "-o", "csv")

    assert 0 == done.returncode
    assert attached[0] in {row["instance"] for row in csv.DictReader(io.StringIO(done.stdout))}


def test_a_terminal_of_40_columns_shows_whole_ids_in_colour(
    stack: Stack, attached: tuple[str, str, str]
) -> None:
    """What a telephone shows, or half a screen."""
    terminal, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "status", attached[0]],
        env=environment(stack, COLUMNS="40", TERM="xterm"),
        stdout=theirs,
    ) as process:
        os.close(theirs)
        out = _read(terminal)
    os.close(terminal)

    assert 0 == process.returncode
    assert f"{attached[1]}@1" in out
    assert "\x1b[32mattached" in out
    assert "…" not in out


def _read(terminal: int) -> str:
    """Return all that is written to a terminal; Linux ends it with an error."""
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:
            part = b""
        if not part:
            return b"".join(parts).decode()
        parts.append(part)
