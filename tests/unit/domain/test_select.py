"""Which eligible interface an instance gets."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.planning.eligibility import Candidate, Rejection, why_ineligible
from dualhome.domain.planning.select import (
    choose_interface,
    principal_rejection,
    rendezvous_weight,
    zones_with,
)
from dualhome.domain.reasons import Reason
from tests.support.builders.values import NOW, OTHER_ZONE, an_instance, an_interface
from tests.support.builders.views import a_candidate, observed
from tests.unit.domain.strategies import QUICK

CROWD = 100
IDS = st.lists(st.integers(0, 999).map("eni-{:03}".format), unique=True, max_size=8)


def reserved(id_: str, for_: str) -> Candidate:
    """Return an interface that is reserved for ``for_``."""
    return a_candidate(an_interface(id_, tags={"dualhome:reserved-for": for_}))


def free(*ids: str, instance: str = "i-01") -> list[Candidate]:
    """Return free interfaces as ``instance`` sees them."""
    return [a_candidate(an_interface(id_), an_instance(instance)) for id_ in ids]


def chosen(candidates: list[Candidate], held_before: str | None = None) -> str | None:
    """Return the id of the interface that is chosen."""
    before = InterfaceId(held_before) if held_before else None
    interface = choose_interface(candidates, before).interface
    return interface.id if interface else None


@st.composite
def crowds_of_candidates(draw: st.DrawFn) -> list[Candidate]:
    """Interfaces of which some are in use, elsewhere, reserved or claimed."""
    return [
        a_candidate(
            an_interface(
                id_,
                status=draw(st.sampled_from(("available", "available", "in-use"))),
                zone=draw(st.sampled_from(("us-east-1a", "us-east-1a", OTHER_ZONE))),
                tags={"dualhome:reserved-for": draw(st.sampled_from(("", "", "i-01", "i-02")))},
            ),
            claimed=draw(st.sampled_from((False, False, True))),
        )
        for id_ in draw(IDS)
    ]


@QUICK
@given(crowds_of_candidates(), st.none() | st.integers(0, 999).map("eni-{:03}".format), st.data())
def test_the_choice_does_not_depend_on_the_order_of_the_candidates(
    candidates: list[Candidate], held_before: str | None, data: st.DataObject
) -> None:
    """EC2 lists in any order; a retry must choose what the first try chose."""
    shuffled = data.draw(st.permutations(candidates))

    assert chosen(candidates, held_before) == chosen(shuffled, held_before)


@QUICK
@given(crowds_of_candidates(), st.data())
def test_the_choice_is_eligible_and_every_ineligible_one_is_explained(
    candidates: list[Candidate], data: st.DataObject
) -> None:
    """Not even an interface held before is had against a rule; and `why not` is never missing."""
    held_before = data.draw(st.sampled_from([None, *(it.interface.id for it in candidates)]))
    asked = [it for it in candidates if it.reserved] or candidates
    eligible = {it.interface.id for it in asked if why_ineligible(it) is None}

    choice = choose_interface(candidates, held_before)

    assert bool(choice.interface) is bool(eligible)
    assert not choice.interface or choice.interface.id in eligible
    assert {it.interface for it in choice.rejections} == {
        it.interface.id for it in candidates
    } - eligible


@QUICK
@given(crowds_of_candidates(), st.data())
def test_an_eligible_interface_that_was_held_before_is_chosen(
    candidates: list[Candidate], data: st.DataObject
) -> None:
    """Addresses should survive a release and a change of mind."""
    ours = data.draw(st.integers(0, 9).map("eni-held-{}".format))
    ordinary = [it for it in candidates if not it.reserved]

    assert ours == chosen([*ordinary, *free(ours)], ours)


@QUICK
@given(IDS)
def test_what_is_reserved_for_me_comes_before_what_anybody_may_have(ids: list[str]) -> None:
    """The owner who reserved it wants these addresses on this instance."""
    candidates = [*free(*ids), reserved("eni-mine", "i-01"), reserved("eni-theirs", "i-02")]

    assert chosen(candidates) == "eni-mine"


def test_what_is_reserved_for_me_comes_before_what_was_held_before() -> None:
    """A spare that was held for a while must not keep the fixed address away for ever."""
    candidates = [*free("eni-held"), reserved("eni-mine", "i-01")]

    assert chosen(candidates, "eni-held") == "eni-mine"


def test_of_several_that_are_reserved_for_me_the_one_held_before_comes_first() -> None:
    """Its addresses are the ones that peers know."""
    mine = [reserved(f"eni-mine-{number}", "i-01") for number in range(9)]

    assert {it.interface.id for it in mine} == {chosen(mine, it.interface.id) for it in mine}


@QUICK
@given(IDS)
def test_while_what_is_reserved_for_me_cannot_be_had_nothing_is_chosen(ids: list[str]) -> None:
    """Fixed means fixed: a spare would have another address."""
    mine = replace(reserved("eni-mine", "i-01"), claimed=True)

    choice = choose_interface([mine, *free(*ids)], None)

    principal = principal_rejection(choice.rejections)
    assert choice.interface is None
    assert principal
    assert ("eni-mine", Reason.RESERVED_IN_USE) == (principal.interface, principal.reason)
    assert {it.interface for it in choice.rejections} == {"eni-mine", *ids}


def test_what_is_reserved_for_me_in_another_zone_does_not_count() -> None:
    """An interface never changes its zone: waiting for it would be waiting for ever."""
    there = an_interface("eni-there", zone=OTHER_ZONE, tags={"dualhome:reserved-for": "i-01"})

    assert chosen([a_candidate(there), *free("eni-here")]) == "eni-here"


@QUICK
@given(IDS.filter(lambda ids: len(ids) > 1), st.data())
def test_what_ec2_refused_comes_last_the_longest_ago_first(
    ids: list[str], data: st.DataObject
) -> None:
    """Last, not never: what was wrong with it may have been put right."""
    order = data.draw(st.permutations(ids))
    refused = {
        InterfaceId(id_): NOW + timedelta(hours=hours) for hours, id_ in enumerate(order[1:])
    }

    best = choose_interface(free(*ids), InterfaceId(order[-1]), refused).interface
    rest = [it for it in free(*ids) if it.interface.id != order[0]]
    second = choose_interface(rest, None, refused).interface

    assert (order[0], order[1]) == (best and best.id, second and second.id)


def test_without_an_eligible_candidate_nothing_is_chosen() -> None:
    """The rejections then say why."""
    assert chosen([reserved("eni-theirs", "i-02")], "eni-theirs") is None


@QUICK
@given(IDS.filter(lambda ids: len(ids) > 1), st.data())
def test_losing_an_interface_that_was_not_chosen_does_not_change_the_choice(
    ids: list[str], data: st.DataObject
) -> None:
    """Rendezvous order: while others come and go, retries stay with their choice."""
    choice = chosen(free(*ids))
    lost = data.draw(st.sampled_from([id_ for id_ in ids if id_ != choice]))

    assert choice == chosen(free(*(id_ for id_ in ids if id_ != lost)))


@QUICK
@given(IDS, st.integers(1000, 1999).map("eni-{}".format))
def test_a_new_interface_changes_the_choice_to_itself_or_not_at_all(
    ids: list[str], new: str
) -> None:
    """A growing pool does not reshuffle a crowd that is still choosing."""
    assert chosen(free(*ids, new)) in {chosen(free(*ids)), new}


def test_a_crowd_spreads_over_the_pool() -> None:
    """A hundred instances, launched at once, must not fight over one interface."""
    pool = [an_interface(f"eni-{number:03}") for number in range(CROWD)]
    crowd = [an_instance(f"i-{number:03}") for number in range(CROWD)]

    choices = {chosen([a_candidate(it, instance) for it in pool]) for instance in crowd}

    assert len(choices) >= CROWD // 2


def test_weights_differ_by_instance_target_and_interface() -> None:
    """Two targets of one instance should not run into the same competitors either."""
    weights = {
        rendezvous_weight(InstanceId(instance), TargetName(target), InterfaceId(interface))
        for instance in ("i-01", "i-02")
        for target in ("mgmt", "data")
        for interface in ("eni-01", "eni-02")
    }

    assert len(weights) == 8


@QUICK
@given(st.permutations([(0, "eni-03"), (6, "eni-01"), (9, "eni-02"), (9, "eni-01")]))
def test_the_rejection_that_came_nearest_speaks_for_all(ranks: list[tuple[int, str]]) -> None:
    """`All in use` helps more than `one of forty is in another zone`."""
    rejections = [Rejection(InterfaceId(id_), Reason.POOL_EMPTY, "", rank) for rank, id_ in ranks]

    nearest = principal_rejection(rejections)

    assert nearest
    assert (nearest.rank, nearest.interface) == (9, "eni-02")


def test_where_nothing_was_rejected_nothing_speaks() -> None:
    """An empty pool has no candidate to blame."""
    assert principal_rejection([]) is None


def test_zones_are_named_once_and_only_those_that_failed_by_their_zone() -> None:
    """The operator is told where interfaces are, not where unusable ones are."""
    elsewhere = [an_interface(f"eni-{number}", zone=OTHER_ZONE) for number in range(3)]
    rejections = [
        Rejection(elsewhere[0].id, Reason.NO_INTERFACE_IN_ZONE, ""),
        Rejection(elsewhere[1].id, Reason.NO_INTERFACE_IN_ZONE, ""),
        Rejection(InterfaceId("eni-here"), Reason.POOL_EMPTY, ""),
    ]

    assert zones_with(map(observed, [*elsewhere, an_interface("eni-here")]), rejections) == [
        OTHER_ZONE
    ]
