"""Events are lost, doubled, stale, and in any order: the sweep, and what EC2 shows, decide."""

import random
from collections.abc import Iterator, Mapping

import pytest

from tests.support.deployed.attachments import want_nothing
from tests.support.deployed.faults.runs import Run, Survived, attached, outcome, prepare, survive
from tests.support.deployed.queue import send, state_change, tag_change
from tests.support.deployed.triggers import on_schedule, without_events
from tests.support.deployed.world import World

SEED = 20261123
LOST = ("asked", "left", "terminated", "detached manually", "stopped", "interface added")
ENDS = dict(
    zip(LOST, ("attached", "released", "released", "attached", "attached", "attached"), strict=True)
)
SHUFFLED = {"ends with a target": "attached", "ends without": "released"}
FLIPPED = {f"{end}, {n} times": end for end in ("attached", "released") for n in (3, 8)}


@pytest.fixture(scope="module")
def deaf(world: World) -> Iterator[World]:
    """No event of EC2 reaches the stack."""
    with without_events(world.stack):
        yield world


@pytest.fixture(scope="module")
def lost(deaf: World) -> Mapping[str, Survived]:
    """Whatever happens, the sweep alone finds it."""
    runs = prepare(deaf, ["asked"]) | prepare(deaf, ["interface added"], interfaces=0)
    runs |= attached(deaf, [case for case in LOST if case not in runs])
    runs["interface added"].ask()
    outcome("events lost", {"interface added": runs["interface added"]})

    def go(case: str, run: Run) -> None:
        ec2 = deaf.stack.ec2
        match case:
            case "asked":
                run.ask()
            case "left":
                run.leave()
            case "terminated":
                ec2.terminate_instances(InstanceIds=[run.instance])
            case "detached manually":
                ec2.detach_network_interface(AttachmentId=run.record["attachment_id"], Force=True)
            case "stopped":
                ec2.stop_instances(InstanceIds=[run.instance])
            case _:
                run.pool.append(run.target.interface())

    return survive("events lost", runs, go)


@pytest.fixture(scope="module")
def shuffled(deaf: World) -> Mapping[str, Survived]:
    """The events of a busy life, each twice, in a random order, some telling what never was."""
    chance = random.Random(SEED)  # noqa: S311 - the same order each time

    def go(case: str, run: Run) -> None:
        events = [
            *(state_change(run.instance, state) for state in ("running", "stopped", "terminated")),
            *(tag_change(run.instance, version=n, targets=run.target.name) for n in (1, 3)),
            *(tag_change(run.instance, version=n) for n in (2, 4)),
        ] * 2
        chance.shuffle(events)
        run.ask()
        for number, event in enumerate(events):
            if number == len(events) // 2 and SHUFFLED[case] == "released":
                want_nothing(deaf, run.instance)
            send(deaf.stack, event)

    return survive("events doubled, reordered", prepare(deaf, list(SHUFFLED)), go)


@pytest.fixture(scope="module")
def flipped(world: World) -> Mapping[str, Survived]:
    """The tag goes on and off as fast as EC2 takes it."""

    def go(case: str, run: Run) -> None:
        times = int(case.split()[1])
        for _ in range(times):
            run.ask()
            run.leave()
        if FLIPPED[case] == "attached":
            run.ask()

    return survive("tags flipped", prepare(world, list(FLIPPED)), go)


@pytest.mark.parametrize("case", FLIPPED)
def test_a_tag_that_flips_ends_as_it_was_left(flipped: Mapping[str, Survived], case: str) -> None:
    """Only what is so now counts."""
    it = flipped[case]

    assert it.broken == []
    assert it.state in ({"attached"} if FLIPPED[case] == "attached" else {"released", None})


@pytest.mark.parametrize("case", SHUFFLED)
def test_events_that_are_doubled_and_shuffled_change_nothing_but_the_time(
    shuffled: Mapping[str, Survived], case: str
) -> None:
    """An event only says which instance to reconcile."""
    it = shuffled[case]

    assert it.broken == []
    assert it.state in {SHUFFLED[case], None if SHUFFLED[case] == "released" else "attached"}


@pytest.mark.parametrize("case", LOST)
def test_the_sweep_alone_finds_what_no_event_announced(
    lost: Mapping[str, Survived], case: str
) -> None:
    """AWS delivers these events as best it can, and no better."""
    it = lost[case]

    assert it.broken == []
    assert it.state == ENDS[case]


def test_the_schedule_sweeps_unasked(deaf: World) -> None:
    """Five minutes after the deployment at the latest, and every five minutes from then on."""
    runs = prepare(deaf, ["asked"])
    run = runs["asked"]
    run.ask()

    with on_schedule(deaf.stack):
        deaf.comes_to("attached", run.instance, run.target.name, seconds=240)

    assert outcome("events lost", runs)["asked"].broken == []
