"""What a plan foretells, and that it is what the reconciler then does."""

from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.reasons import Reason
from dualhome_cli.plan.outcome import Outcome
from tests.support.builders.values import INSTANCE, OTHER_ZONE, a_vpc, an_instance, an_interface
from tests.support.scenarios.plan_driver import outcome, outcomes
from tests.support.scenarios.scene import a_scene

POOL = tuple(an_interface(f"eni-{number:02}") for number in range(5))


def test_what_is_foretold_is_what_the_reconciler_then_does() -> None:
    """An operator acts on the answer: it must name the very interface and index."""
    scene = a_scene(an_instance(targets="mgmt@2"), *POOL)

    simulated = outcome(scene)
    scene.request()

    assert Outcome.ATTACH is simulated.outcome
    assert simulated.record
    assert scene.record().interface == simulated.record.interface
    assert scene.record().slot == simulated.record.slot == DeviceSlot(0, 2)


def test_a_plan_changes_nothing() -> None:
    """It is asked in production, by people who may look and not touch."""
    scene = a_scene(an_instance(), *POOL)

    outcome(scene)

    reads = {"describe_instances", "describe_types", "describe_vpcs", "describe_pool"}
    assert reads | {"records", "claims"} == set(scene.calls.made)
    assert {} == scene.ledger.of(INSTANCE)


def test_a_plan_needs_no_more_reads_of_ec2_than_a_pass_does() -> None:
    """Those who plan a thousand instances share the account's API budget with the reconciler."""
    scene = a_scene(an_instance(), *POOL)

    outcome(scene)

    assert 4 == sum(call.startswith("describe") for call in scene.calls.made)


def test_what_is_attached_already_is_said_to_be() -> None:
    """The commonest answer of all."""
    scene = a_scene(an_instance(), *POOL)
    scene.request()
    scene.work_off()

    found = outcome(scene)

    assert (Outcome.ATTACHED, True, False) == (found.outcome, found.good, found.changes)
    assert scene.record() == found.record


def test_what_is_on_its_way_is_no_new_attachment() -> None:
    """Asked again a second later, the answer must not read like a second interface."""
    scene = a_scene(an_instance(), *POOL)
    scene.ec2.attach_seconds = 5
    scene.request()

    found = outcome(scene)

    assert (Outcome.MOVING, True) == (found.outcome, found.good)


def test_every_rejected_interface_has_its_reason() -> None:
    """The question is always: there are five in the pool, so why do I get none."""
    reserved = {"dualhome:reserved-for": "i-99"}
    scene = a_scene(
        an_instance(),
        an_interface("eni-01", zone="us-east-1b"),
        an_interface("eni-02", tags=reserved),
        an_interface("eni-03", requester_managed=True),
        an_interface("eni-04", status="in-use"),
    )

    found = outcome(scene)

    why = {it.interface: it.reason for it in found.rejections}
    assert {
        "eni-01": Reason.NO_INTERFACE_IN_ZONE,
        "eni-02": Reason.RESERVED,
        "eni-03": Reason.INTERFACE_UNUSABLE,
        "eni-04": Reason.POOL_EMPTY,
    } == why
    assert (Outcome.WAIT, Reason.POOL_EMPTY, False) == (found.outcome, found.reason, found.good)
    assert Reason.POOL_EMPTY.advice == found.advice


def test_of_what_has_waited_for_long_the_detail_is_that_of_now() -> None:
    """The record keeps what was so at first: nothing moves while the reason stays."""
    scene = a_scene(an_instance(), an_interface("eni-01", status="in-use"))
    scene.request()
    scene.ec2.delete(POOL[1].id)
    scene.ec2.add(an_interface("eni-02", status="in-use"))

    found = outcome(scene)

    assert (Outcome.WAIT, False) == (found.outcome, found.changes)
    assert "eni-02: it is in-use" == found.detail


def test_one_may_ask_before_tagging() -> None:
    """An operator need not tag a production instance to learn that it has no room."""
    data = a_vpc("vpc-0d", target="data")
    scene = a_scene(
        an_instance(targets=None), data, *POOL, an_interface("eni-99", pool="data", vpc="vpc-0d")
    )

    first, second = outcomes(scene, "data@2 mgmt")

    assert ("data", 2, Outcome.ATTACH) == (first.target, first.pin, first.outcome)
    assert ("mgmt", None, Outcome.ATTACH) == (second.target, second.pin, second.outcome)


def test_the_value_asked_about_stands_for_the_tag_and_is_not_added_to_it() -> None:
    """What the tag names and the question does not would be released."""
    scene = a_scene(an_instance(), *POOL)
    scene.request()
    scene.work_off()

    found = outcome(scene, "")

    assert (Outcome.RELEASE, False, True) == (found.outcome, found.wanted, found.good)


def test_a_malformed_value_is_refused_in_the_records_own_words() -> None:
    """What is expected of a tag is said in one place."""
    scene = a_scene(an_instance(targets=None), *POOL)

    found = outcome(scene, "mgmt@0")

    assert (Outcome.REFUSE, Reason.BAD_TAG, False) == (found.outcome, found.reason, found.good)
    assert found.detail.startswith("dualhome:targets='mgmt@0': expected NAME or NAME@INDEX")


def test_a_malformed_policy_is_refused_as_a_malformed_target_is() -> None:
    """Its targets are not to be had either, and nothing else may be said of them."""
    scene = a_scene(an_instance(tags={"dualhome:policy": "some"}), *POOL)

    found = outcome(scene)

    assert ("*", Outcome.REFUSE, False) == (found.target, found.outcome, found.good)


def test_what_was_refused_before_keeps_the_words_of_its_record() -> None:
    """They name the zones that have some: better than any single interface's."""
    scene = a_scene(an_instance(), an_interface(zone=OTHER_ZONE))
    scene.request()

    found = outcome(scene)

    assert (Outcome.REFUSE, False) == (found.outcome, found.changes)
    assert "no interface for mgmt in us-east-1a; zones that have some: us-east-1b" == found.detail
