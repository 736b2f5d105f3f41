"""What holds for every plan, whatever EC2 and the ledger show."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from dualhome.domain.attachment import Attachment
from dualhome.domain.observed import observed_instance
from dualhome.domain.planning.eligibility import Candidate, why_ineligible
from dualhome.domain.planning.plan import plan_instance
from dualhome.domain.planning.types import Claim, Decision, Holder, InstanceView, move_of
from dualhome.domain.states import State
from dualhome.domain.tags import print_targets
from tests.support.builders.decisions import after_of, attach_of, attached_by
from tests.support.builders.values import a_seen_attachment
from tests.unit.domain.strategies import QUICK, roomy_views, views


def new_claims(steps: tuple[Decision, ...]) -> list[Attachment]:
    """Return the records of claims that ``steps`` take."""
    return [it.move.after for it in steps if isinstance(it, Claim)]


def recorded(view: InstanceView, steps: tuple[Decision, ...]) -> InstanceView:
    """Return the view with the moves of ``steps`` in the ledger and EC2 as it was."""
    after = {after_of(step).target: after_of(step) for step in steps if move_of(step)}
    records = dict(view.records) | after
    elsewhere = {key: it for key, it in view.claims.items() if it.instance != view.id}
    ours = {
        record.interface: Holder(view.id, record.target)
        for record in records.values()
        if record.holding and record.interface
    }
    return replace(view, records=records, claims=elsewhere | ours)


def carried_out(view: InstanceView, steps: tuple[Decision, ...]) -> InstanceView:
    """Return the view ten minutes after EC2 has done everything that ``steps`` ask for."""
    asked = {
        it.interface: a_seen_attachment(it.interface, view.id, index=it.slot.index)
        for it in (attach_of(step) for step in steps)
        if it and it.interface and it.slot
    }
    pool = {
        id_: replace(it, status="in-use", attachment=asked[id_]) if id_ in asked else it
        for id_, it in view.pool.items()
    }
    instance = view.instance
    if instance:
        instance = replace(instance, attachments=(*instance.attachments, *asked.values()))
    later = view.now + timedelta(minutes=10)
    return replace(recorded(view, steps), instance=instance, pool=pool, now=later)


@QUICK
@given(views())
def test_a_plan_is_made_for_any_view_and_is_the_same_each_time(view: InstanceView) -> None:
    """No world, however odd, stops a pass; each move in it is legal, or it would raise."""
    assert plan_instance(view) == plan_instance(view)


@QUICK
@given(views())
def test_a_target_is_moved_by_one_step_at_most(view: InstanceView) -> None:
    """A second write of one record in one pass would fail on its version."""
    targets = [step.target for step in plan_instance(view)]

    assert len(targets) == len(set(targets))


@QUICK
@given(roomy_views() | views())
def test_attach_steps_share_no_slot_and_no_interface(view: InstanceView) -> None:
    """EC2 would refuse the second."""
    asked = attached_by(plan_instance(view))

    assert len(asked) == len({it.slot for it in asked}) == len({it.interface for it in asked})


@QUICK
@given(views())
def test_only_an_eligible_interface_is_attached(view: InstanceView) -> None:
    """Not for a new claim, and not for an old one whose world has changed."""
    for record in attached_by(plan_instance(view)):
        if record.interface:
            assert view.instance
            candidate = Candidate(
                interface=view.pool[record.interface],
                instance=view.instance,
                target=record.target,
                vpcs=view.vpcs,
                policy=view.policy,
                claimed=view.claims.get(record.interface, None)
                not in {None, Holder(view.id, record.target)},
            )
            assert why_ineligible(candidate) is None


@QUICK
@given(roomy_views() | views())
def test_a_new_claim_takes_a_slot_that_neither_ec2_nor_the_ledger_shows_as_taken(
    view: InstanceView,
) -> None:
    """And one that the instance's type has."""
    held = {it.slot for it in view.records.values() if it.holding}
    for claim in new_claims(plan_instance(view)):
        assert view.instance
        assert view.capacity
        assert claim.state == State.CLAIMED
        assert claim.slot
        assert claim.slot not in view.instance.occupied() | held
        assert claim.slot.card == 0
        assert 1 <= claim.slot.index < view.capacity.of(0)


@QUICK
@given(roomy_views() | views())
def test_planning_again_before_ec2_has_acted_claims_nothing_twice(view: InstanceView) -> None:
    """The ledger alone must keep us from it: EC2's reads lag behind."""
    first = plan_instance(view)
    again = recorded(view, first)
    held = [it for it in again.records.values() if it.holding]

    for claim in new_claims(plan_instance(again)):
        assert claim.target not in {it.target for it in held}
        assert claim.slot not in {it.slot for it in held}
        assert claim.interface not in {it.interface for it in held}


@QUICK
@given(views(), st.sampled_from(({}, {"dualhome:ignore": ""}, {"dualhome:targets": "mgmt@0"})))
def test_only_what_the_tags_ask_for_now_is_attached(
    view: InstanceView, tags: dict[str, str]
) -> None:
    """Whatever was claimed before: the tag may have gone, or have become unreadable."""
    if view.instance and tags:
        before = {"dualhome:targets": print_targets(view.instance.desired.named.values())}
        changed = observed_instance(view.instance, before | tags, view.policy.keys)
        view = replace(view, instance=changed)

    asked = {step.target for step in plan_instance(view) if attach_of(step)}

    if asked:
        assert view.instance
        assert not tags
        assert not view.instance.ignored
        assert asked <= view.instance.desired.wanted.keys()


@QUICK
@given(views())
def test_every_claim_of_a_choice_is_explained(view: InstanceView) -> None:
    """Each interface of the pool is chosen or has its `why not`."""
    for step in plan_instance(view):
        if isinstance(step, Claim):
            pool = {id_ for id_, it in view.pool.items() if it.pool == step.target}
            explained = {it.interface for it in step.rejections}
            assert step.move.after.interface not in explained
            assert explained < pool


@QUICK
@given(roomy_views() | views())
def test_plans_that_are_carried_out_come_to_rest(view: InstanceView) -> None:
    """A world that does as it is told is soon as wanted, and the plan is empty of deeds."""
    for _ in range(4):
        view = carried_out(view, plan_instance(view))

    assert not [step for step in plan_instance(view) if move_of(step) or attach_of(step)]
