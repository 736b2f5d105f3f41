"""What becomes of claims that were taken and not yet carried out."""

from datetime import timedelta

import pytest

from dualhome.domain.ec2 import AttachmentStatus, InstanceState, Interface
from dualhome.domain.planning.observe import IN_FLIGHT, RESUME_AFTER
from dualhome.domain.planning.types import move_of, plans_again
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.decisions import after_of, attach_of, polls
from tests.support.builders.values import a_record, a_seen_attachment, an_instance, an_interface
from tests.support.builders.views import a_view
from tests.unit.domain.steps import aged, not_seen, only_step, seen_as

SECOND = timedelta(seconds=1)


SEEN = a_seen_attachment()


def test_a_claim_that_ec2_is_carrying_out_is_attaching() -> None:
    """The reply was lost after EC2 acted; asking again would only be refused."""
    step = only_step(seen_as(AttachmentStatus.ATTACHING, a_record(State.CLAIMED)))

    assert (attach_of(step), polls(step)) == (None, True)
    assert (after_of(step).state, after_of(step).attachment_id) == (
        State.ATTACHING,
        SEEN.id,
    )


@pytest.mark.parametrize("state", [State.CLAIMED, State.ATTACHING, State.ATTACHED])
def test_a_young_record_is_left_to_the_invocation_that_wrote_it(state: State) -> None:
    """Another invocation is at work, or EC2's reads lag behind its replies."""
    step = only_step(not_seen(aged(state, RESUME_AFTER - SECOND)))

    assert (move_of(step), attach_of(step), polls(step)) == (None, None, True)


@pytest.mark.parametrize("state", [InstanceState.RUNNING, InstanceState.STOPPED])
def test_a_claim_that_was_left_behind_is_carried_out(state: InstanceState) -> None:
    """The invocation that took it died before it could ask EC2."""
    record = aged(State.CLAIMED, RESUME_AFTER)

    step = only_step(not_seen(record, state=state))

    assert (move_of(step), attach_of(step), polls(step)) == (None, record, True)


def test_a_throttled_claim_is_carried_out_at_the_next_pass() -> None:
    """EC2 said `later`, so no invocation is at work on it, and none is waited for."""
    record = a_record(State.CLAIMED, reason=Reason.THROTTLED)

    assert record == attach_of(only_step(not_seen(record)))


@pytest.mark.parametrize("state", [InstanceState.PENDING, InstanceState.STOPPING])
def test_a_claim_is_kept_while_the_instance_is_in_transit(state: InstanceState) -> None:
    """EC2 would refuse now; the interface is still the right one in a moment."""
    step = only_step(not_seen(aged(State.CLAIMED, RESUME_AFTER), state=state))

    assert (move_of(step), attach_of(step), polls(step)) == (None, None, True)


TAKEN = an_interface(attachment=a_seen_attachment(instance="i-02"))


@pytest.mark.parametrize("pool", [[TAKEN], []], ids=["taken", "deleted"])
def test_a_claim_whose_interface_is_lost_is_given_up_when_no_invocation_can_be_at_work(
    pool: list[Interface],
) -> None:
    """Until then another invocation's attach may still be under way."""
    early = aged(State.CLAIMED, IN_FLIGHT - SECOND)
    late = aged(State.CLAIMED, IN_FLIGHT)

    kept = only_step(a_view(an_instance(), records=[early], pool=pool))
    lost = only_step(a_view(an_instance(), records=[late], pool=pool))

    assert (move_of(kept), attach_of(kept), polls(kept)) == (None, None, True)
    assert plans_again(lost)
    assert (after_of(lost).state, after_of(lost).reason) == (
        "waiting",
        Reason.INTERFACE_TAKEN,
    )
