"""What the instance's own tags may say, and what they may not."""

import pytest

from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.tags import WHOLE_TAG
from tests.support.builders.values import INSTANCE, MGMT, an_instance, an_interface
from tests.support.scenarios.scene import a_scene

KEY = "dualhome:targets"

MALFORMED = {
    "index 0": "mgmt@0",
    "no index": "mgmt@",
    "four digits": "mgmt@1000",
    "no name": "@1",
    "33 characters": "m" * 33,
    "300 characters": "mgmt " * 60,
    "emoji": "mgmt🙂",
    "a sign that no name has": "mgmt;data",
    "a target twice": "mgmt mgmt",
    "a target twice, once pinned": "mgmt, mgmt@2",
    "two targets pinned to one index": "mgmt@1 data@1",
}


@pytest.mark.parametrize("value", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_tag_attaches_nothing_and_the_record_names_key_value_and_expectation(
    value: str,
) -> None:
    """Half of a tag that cannot be read is not carried out: it may be the wrong half."""
    scene = a_scene(an_instance(targets=value), an_interface())

    scene.request()
    scene.request()
    scene.work_off()

    record = scene.record(WHOLE_TAG)
    assert (State.REFUSED, Reason.BAD_TAG) == (record.state, record.reason)
    assert record.detail.startswith(f"{KEY}={value!r}: expected ")
    assert [State.REFUSED] == scene.states(WHOLE_TAG)
    assert 0 == scene.calls.count("attach")


def test_an_unknown_name_is_refused_by_itself_and_the_other_targets_are_attached() -> None:
    """A name is well formed whether or not a VPC serves it."""
    scene = a_scene(an_instance(targets="mgmt typo"), an_interface())

    scene.request()
    scene.work_off()

    assert (State.REFUSED, Reason.NO_TARGET) == (
        scene.record("typo").state,
        scene.record("typo").reason,
    )
    assert State.ATTACHED == scene.record(MGMT).state


def test_a_target_vpc_without_any_interface_is_refused_for_the_zone() -> None:
    """The VPC is there and consents: what is missing is an interface."""
    scene = a_scene(an_instance())

    scene.request()

    record = scene.record()
    assert (State.REFUSED, Reason.NO_INTERFACE_IN_ZONE) == (record.state, record.reason)
    assert "no interface is tagged dualhome:pool=mgmt" == record.detail


def test_a_corrected_tag_is_carried_out_and_the_complaint_is_closed() -> None:
    """The operator corrects the tag; nothing else is needed."""
    scene = a_scene(an_instance(targets="mgmt@0"), an_interface())
    scene.request()

    scene.ec2.tag(INSTANCE, {KEY: "mgmt@2"})
    scene.request(event="event-2")
    scene.work_off()

    assert [State.REFUSED, State.RELEASED] == scene.states(WHOLE_TAG)
    assert State.ATTACHED == scene.record(MGMT).state


def test_another_mistake_replaces_the_complaint() -> None:
    """The record shows the value that is there now, not the one corrected yesterday."""
    scene = a_scene(an_instance(targets="mgmt@0"), an_interface())
    scene.request()

    scene.ec2.tag(INSTANCE, {KEY: "mgmt@@"})
    scene.request(event="event-2")

    assert scene.record(WHOLE_TAG).detail.startswith(f"{KEY}='mgmt@@'")


def test_a_tag_gone_bad_leaves_what_is_attached_attached() -> None:
    """A typing error must not cut an instance off."""
    scene = a_scene(an_instance(), an_interface())
    scene.request()
    scene.work_off()

    scene.ec2.tag(INSTANCE, {KEY: "mgmt mgmt"})
    scene.request(event="event-2")

    assert State.ATTACHED == scene.record(MGMT).state


@pytest.mark.parametrize("targets", ["mgmt", "mgmt@0"])
@pytest.mark.parametrize("value", ["", "true", "false"])
def test_an_ignored_instance_is_left_alone_whatever_its_tags_say(value: str, targets: str) -> None:
    """The presence of one tag counts: its owner wants no change."""
    instance = an_instance(targets=targets, tags={"dualhome:ignore": value})
    scene = a_scene(instance, an_interface())

    scene.request()
    scene.work_off()

    assert [] == scene.ledger.audit
    assert 0 == scene.calls.count("attach")
