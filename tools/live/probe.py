"""What a probe is, and what becomes of what it has seen."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from live.believed.belief import Belief
from live.command import CommandError
from live.world import EndOfPatienceError, World


@dataclass(frozen=True)
class Seen:
    """
    What a probe has seen of AWS, in words, and whether the belief holds by it.

    None: what it has seen settles nothing; ``what`` says why.
    """

    holds: bool | None
    what: str


Probe = Callable[[World], Seen]
"""Tries one belief by public AWS calls alone; a refusal that it did not expect it may raise."""


def refuted(what: str) -> Seen:
    """Return that a probe has seen the opposite."""
    return Seen(holds=False, what=what)


def unclear(why: str) -> Seen:
    """Return that a probe has seen nothing that settles its belief."""
    return Seen(holds=None, what=why)


class Verdict(StrEnum):
    """What a run says of a belief."""

    HELD = "held"
    REFUTED = "refuted"
    UNCLEAR = "unclear"
    NOT_PROBED = "not probed"


VERDICTS = {True: Verdict.HELD, False: Verdict.REFUTED, None: Verdict.UNCLEAR}


@dataclass(frozen=True)
class Finding:
    """A belief and what a run says of it; ``seen``: what it saw, or what a probe would take."""

    belief: Belief
    verdict: Verdict
    seen: str
    seconds: float = 0.0


def try_beliefs(
    beliefs: Iterable[Belief], probes: Mapping[str, Probe], world: World
) -> Iterable[Finding]:
    """Yield a finding for each of ``beliefs``, as soon as it is there."""
    for belief in beliefs:
        probe = probes.get(belief.id)
        if probe is None:
            yield Finding(belief, Verdict.NOT_PROBED, belief.needs)
        else:
            yield try_belief(belief, probe, world)


def try_belief(belief: Belief, probe: Probe, world: World) -> Finding:
    """Run ``probe``; what AWS refuses against its expectation leaves the belief unclear."""
    began = time.monotonic()
    try:
        seen = probe(world)
    except (BotoCoreError, ClientError, WaiterError, CommandError, EndOfPatienceError) as error:
        seen = unclear(f"{error}")
    finally:
        world.end_instances()
    return Finding(belief, VERDICTS[seen.holds], seen.what, time.monotonic() - began)
