"""Each probe says `held` of the local cloud as it is, and `refuted` of its opposite."""

import pytest

from live.beliefs import BELIEFS
from live.probe import Verdict, try_belief
from live.probes.table import PROBES
from live.world import World
from localcloud.client.lifecycle import LocalCloud
from tests.integration.live.opposites import OPPOSITES

BY_ID = {belief.id: belief for belief in BELIEFS}


def test_every_probe_has_an_opposite_world() -> None:
    """A probe that cannot fail is no probe."""
    assert set(PROBES) == set(OPPOSITES)


@pytest.mark.parametrize("belief", PROBES)
def test_a_belief_is_held_on_the_local_cloud_as_it_is(world: World, belief: str) -> None:
    """The local cloud is what we believe; where it is not, one of both is wrong."""
    found = try_belief(BY_ID[belief], PROBES[belief], world)

    assert (Verdict.HELD, belief) == (found.verdict, belief), found.seen


@pytest.mark.parametrize("belief", PROBES)
def test_a_belief_is_refuted_where_the_opposite_is_true(
    world: World, cloud: LocalCloud, belief: str
) -> None:
    """What a real account may show one day."""
    cloud.settings(**OPPOSITES[belief])

    found = try_belief(BY_ID[belief], PROBES[belief], world)

    assert (Verdict.REFUTED, belief) == (found.verdict, belief), found.seen
