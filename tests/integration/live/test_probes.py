"""Each probe says `refuted` of the opposite; of the local cloud as it is a run says `held`."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from live.beliefs import BELIEFS
from live.probe import Verdict, try_belief
from live.probes import timing
from live.probes.table import PROBES
from live.world import World
from localcloud.client.lifecycle import LocalCloud
from tests.integration.live.opposites import OPPOSITES, SLOWED

SOON, AMPLE = 1.0, 10.0
"""Seconds: the bound of what does not come, and of what comes even on a slow machine."""

BY_ID = {belief.id: belief for belief in BELIEFS}


def arrange(cloud: LocalCloud, changes: Mapping[str, float]) -> None:
    """Switch what is an alternative, set what is a setting."""
    switches = cloud.alternatives()
    cloud.alternatives(**{name: bool(changes[name]) for name in changes.keys() & switches})
    cloud.settings(**{name: changes[name] for name in changes.keys() - switches})


def test_every_probe_has_an_opposite_world() -> None:
    """A probe that cannot fail is no probe."""
    assert set(PROBES) == set(OPPOSITES)


def test_every_alternative_of_the_local_cloud_is_the_opposite_of_a_belief(
    cloud: LocalCloud,
) -> None:
    """What no probe tells apart might as well not be there."""
    opposites = {name for changes in OPPOSITES.values() for name in changes}

    assert set() == set(cloud.alternatives()) - opposites


@pytest.mark.parametrize("belief", SLOWED)
def test_a_belief_is_held_however_slow_the_machine(
    world: World, cloud: LocalCloud, belief: str
) -> None:
    """That the others are held, a whole run says; what these meet passes while it is slow."""
    arrange(cloud, SLOWED[belief])

    found = try_belief(BY_ID[belief], PROBES[belief], replace(world, patience=AMPLE))

    assert (Verdict.HELD, belief) == (found.verdict, belief), found.seen


@pytest.mark.parametrize("belief", PROBES)
def test_a_belief_is_refuted_where_the_opposite_is_true(
    world: World, cloud: LocalCloud, belief: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a real account may show one day."""
    for name in ("ATTACH", "DETACH", "VISIBLE", "TAG_EVENT", "TAGS_LISTED", "CONFIRMED"):
        monkeypatch.setattr(timing, name, SOON)
    arrange(cloud, {**SLOWED.get(belief, {}), **OPPOSITES[belief]})

    found = try_belief(BY_ID[belief], PROBES[belief], world)

    assert (Verdict.REFUTED, belief) == (found.verdict, belief), found.seen
