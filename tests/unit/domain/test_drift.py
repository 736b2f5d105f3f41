"""What a sweep finds, and of what it is silent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dualhome.domain.attachment import Attachment
from dualhome.domain.drift import (
    MOVING_LIMIT,
    Drift,
    drift_of,
)
from dualhome.domain.ec2 import GONE, AttachmentStatus, Instance, InstanceState, SeenAttachment
from dualhome.domain.observed import desired_state
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.tags import WHOLE_TAG, TagKeys
from tests.support.builders.values import DATA, NOW, a_record, a_seen_attachment, an_instance
from tests.support.builders.views import observed

KEYS = TagKeys()


SEEN = a_seen_attachment()


SECOND = timedelta(seconds=1)


MOVING = [State.CLAIMED, State.ATTACHING, State.RELEASING]


LEFT_AS_IS = [
    an_instance(targets=None, tags={"dualhome:ignore": ""}),
    an_instance(targets="mgmt@0"),
    an_instance(targets="", tags={"dualhome:policy": "some"}),
    *(an_instance(state=state) for state in sorted(GONE)),
]


def drifts(
    instance: Instance | None, *records: Attachment, seen: SeenAttachment | None = SEEN
) -> list[Drift]:
    """Return the drifts of an instance whose one interface is shown as ``seen``, if at all."""
    on_it = [seen] if instance and seen and seen.instance == instance.id else []
    shown = replace(instance, attachments=tuple(on_it)) if instance else None
    missing = bool(desired_state(shown, KEYS).unrecorded({it.target for it in records}))
    seen_now = observed(shown) if shown else None
    found = [drift_of(record, seen_now, NOW) for record in records]
    return [Drift.MISSING] * missing + [drift for drift in found if drift]


def test_what_is_as_wanted_is_no_drift() -> None:
    """Most instances, at each sweep: none of them may cost anything more."""
    assert [] == drifts(an_instance(), a_record())
    assert [] == drifts(an_instance(targets="mgmt@1"), a_record())
    assert [] == drifts(an_instance(targets=None), seen=None)


def test_what_is_wanted_and_not_recorded_is_missing() -> None:
    """Its event was lost, or it ran before the deployment."""
    assert [Drift.MISSING] == drifts(an_instance(), seen=None)
    assert [Drift.MISSING] == drifts(an_instance(targets="mgmt data"), a_record())


@pytest.mark.parametrize("state", [State.WAITING, State.REFUSED])
def test_what_could_not_be_had_is_tried_again(state: State) -> None:
    """What would have told that it can be had now may have been lost."""
    assert [Drift.UNSETTLED] == drifts(an_instance(), a_record(state), seen=None)


@pytest.mark.parametrize(
    ("retry_at", "expected"),
    [(None, [Drift.UNSETTLED]), (NOW, [Drift.UNSETTLED]), (NOW + SECOND, [])],
)
def test_what_failed_is_tried_again_when_its_time_has_come(
    retry_at: object, expected: list[Drift]
) -> None:
    """The wait grows with the failures: the sweep may not shorten it."""
    assert expected == drifts(an_instance(), a_record(State.FAILED, retry_at=retry_at), seen=None)


@pytest.mark.parametrize("state", MOVING)
def test_what_moves_is_left_alone_until_it_takes_too_long(state: State) -> None:
    """A request is queued for it; only if that is lost, the sweep has to act."""
    young = a_record(state, since=NOW - MOVING_LIMIT + SECOND)
    old = a_record(state, since=NOW - MOVING_LIMIT)

    assert [] == drifts(an_instance(), young)
    assert [Drift.OVERDUE] == drifts(an_instance(), old)


@pytest.mark.parametrize(
    "seen",
    [
        None,
        a_seen_attachment(instance="i-02"),
        a_seen_attachment(id_="eni-attach-99"),
        a_seen_attachment(status=AttachmentStatus.DETACHING),
    ],
    ids=["nowhere", "elsewhere", "anew", "detaching"],
)
def test_what_is_not_attached_as_recorded_is_detached(seen: SeenAttachment | None) -> None:
    """Detached by hand: EC2 sends no event."""
    assert [Drift.DETACHED] == drifts(an_instance(), a_record(), seen=seen)


@pytest.mark.parametrize(
    "instance",
    [
        an_instance(targets=None),
        an_instance(targets=""),
        an_instance(targets="data"),
        an_instance(targets="mgmt@2"),
    ],
    ids=["no tag", "nothing", "another target", "another index"],
)
def test_what_is_attached_and_not_wanted_is_unwanted(instance: Instance) -> None:
    """A release, which the breaker counts."""
    assert Drift.UNWANTED in drifts(instance, a_record())


def test_what_is_unwanted_and_detached_already_is_no_release() -> None:
    """Nothing is lost by closing its record: the breaker must not count it."""
    assert [Drift.DETACHED] == drifts(an_instance(targets=None), a_record(), seen=None)
    assert [Drift.DETACHED] == drifts(None, a_record())


@pytest.mark.parametrize("reason", [Reason.PAUSED, Reason.RELEASE_HELD])
def test_a_note_that_is_out_of_date_is_reconciled(reason: Reason) -> None:
    """It says why an unwanted interface stays; the tag asks for it again, and no event told."""
    noted = a_record(reason=reason)

    assert [Drift.UNSETTLED] == drifts(an_instance(), noted)
    assert [Drift.UNWANTED] == drifts(an_instance(targets=""), noted)


@pytest.mark.parametrize("instance", LEFT_AS_IS, ids=lambda it: f"{it.state} {sorted(it.tags)}")
def test_nothing_is_released_from_an_excluded_instance(instance: Instance) -> None:
    """An ignored one, a slip of the pen, and one that EC2 takes apart by itself."""
    assert Drift.UNWANTED not in drifts(instance, a_record())
    assert Drift.DETACHED in drifts(instance, a_record(), seen=None)


@pytest.mark.parametrize("state", sorted(GONE))
def test_an_instance_that_goes_wants_nothing_any_more(state: InstanceState) -> None:
    """EC2 shows it for an hour, with its tags."""
    assert [] == drifts(an_instance(state=state), seen=None)
    assert [] == drifts(an_instance(targets="", state=state), a_record())


@pytest.mark.parametrize("tags", [{}, {"dualhome:policy": "some"}])
def test_a_malformed_tag_is_missing_its_record_until_it_has_one(tags: dict[str, str]) -> None:
    """The owner must be told, even if the event was lost."""
    instance = an_instance(targets="mgmt" if tags else "mgmt@0", tags=tags)

    assert [Drift.MISSING] == drifts(instance, a_record())
    refused = a_record(State.REFUSED, target=WHOLE_TAG)
    assert [Drift.UNSETTLED] == drifts(instance, a_record(), refused)


def test_what_is_stuck_is_left_to_an_operator_until_ec2_detaches_it() -> None:
    """The claim of an instance that is gone would be kept for ever."""
    stuck = a_record(State.STUCK)

    assert [] == drifts(an_instance(), stuck)
    assert [Drift.DETACHED] == drifts(an_instance(), stuck, seen=None)
    assert [Drift.DETACHED] == drifts(None, stuck)
    assert [Drift.UNSETTLED] == drifts(an_instance(tags={"dualhome:policy": "all"}), stuck)


def test_each_target_of_an_instance_drifts_by_itself() -> None:
    """One is removed from the tag, one waits, one is new."""
    waiting = a_record(State.WAITING, target=DATA)

    found = drifts(an_instance(targets="data backup"), a_record(), waiting)

    assert {Drift.MISSING, Drift.UNWANTED, Drift.UNSETTLED} == set(found)


@pytest.mark.parametrize("state", [InstanceState.STOPPED, InstanceState.STOPPING])
def test_an_instance_that_stops_keeps_what_it_has(state: InstanceState) -> None:
    """EC2 keeps interfaces attached over a stop."""
    assert [] == drifts(an_instance(state=state), a_record())
