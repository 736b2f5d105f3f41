"""An event whose tags EC2 does not show yet is not dropped: EC2 is asked again, three times."""

import json
from dataclasses import replace
from typing import Any

from dualhome.application.requests import Announced, ReconcileRequest, newest
from dualhome.domain.errors import ThrottledError
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.entrypoints.messages import parse_message
from dualhome.wire import parse_request, print_request
from tests.support.builders.values import (
    ACCOUNT,
    INTERFACE,
    MGMT_VPC,
    NOW,
    a_cause,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.scenarios.delivery import PLACE, deliver
from tests.support.scenarios.scene import a_scene

TARGETS, POOL = "dualhome:targets", "dualhome:pool"
INSTANCE, OTHER = InstanceId("i-00000001"), InstanceId("i-00000002")


def test_a_tag_that_ec2_shows_two_seconds_later_is_acted_upon_then() -> None:
    """Dropped, it would wait for the next sweep, up to five minutes."""
    scene = a_scene(an_instance(INSTANCE, targets=None), an_interface())
    deliver(scene, _tagged("instance", INSTANCE, {TARGETS: "mgmt"}))
    scene.ec2.tag(INSTANCE, {TARGETS: "mgmt"})

    scene.work_off(seconds=4)

    assert State.ATTACHED == scene.record(instance=INSTANCE).state


def test_ec2_is_asked_after_2_5_and_15_seconds_and_then_no_more() -> None:
    """The event may be the older one; and a sweep comes."""
    scene = a_scene(an_instance(INSTANCE, targets=None), an_interface())
    began = scene.clock()
    deliver(scene, _tagged("instance", INSTANCE, {TARGETS: "mgmt"}))

    asked = []
    while (wait := scene.queue.seconds_to_next()) is not None:
        scene.clock.advance(wait)
        asked.append((scene.clock() - began).total_seconds())
        scene.invoke(*scene.queue.receive())

    assert [2, 7, 22] == asked


def test_what_cannot_be_confirmed_now_is_compared_no_more_often_for_that() -> None:
    """The request that comes back would compare anew, and each of those, and each of theirs."""
    scene = a_scene(an_instance(INSTANCE), an_interface())
    scene.request(INSTANCE)
    scene.work_off()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.calls.fail_next("describe_tags", ThrottledError("slow down"), times=4)

    deliver(scene, _tagged("instance", INSTANCE, {TARGETS: "data"}))

    queued = [request for _, request in scene.queue.queued]
    assert [1] == [request.compared for request in queued if request.announced]
    scene.work_off(seconds=240)
    assert State.RELEASED == scene.record(instance=INSTANCE).state
    assert scene.queue.seconds_to_next() is None


def test_tags_that_ec2_shows_are_compared_once() -> None:
    """Other programs' tags, and our own status, do not count."""
    scene = a_scene(an_instance(INSTANCE), an_interface())
    deliver(scene, _tagged("instance", INSTANCE, {TARGETS: "mgmt", "Name": "old"}))
    scene.work_off()
    scene.calls.forget()

    deliver(scene, _tagged("instance", INSTANCE, {TARGETS: "mgmt", "dualhome-status": "x"}))

    assert scene.queue.seconds_to_next() is None
    assert 1 == scene.calls.count("describe_instances")


def test_a_tag_that_was_removed_and_is_still_shown_is_noticed() -> None:
    """Else it would stay attached until the next sweep."""
    scene = a_scene(an_instance(INSTANCE), an_interface())
    scene.request(INSTANCE)
    scene.work_off()
    deliver(scene, _tagged("instance", INSTANCE, {}))
    scene.ec2.tag(INSTANCE, {TARGETS: None})

    scene.work_off()

    assert (State.RELEASED, Reason.NOT_WANTED) == (
        scene.record(instance=INSTANCE).state,
        scene.record(instance=INSTANCE).reason,
    )


def test_a_pool_interface_that_no_list_shows_yet_is_waited_for() -> None:
    """The event names it; the instance that waits for its target reads it again."""
    scene = a_scene(an_instance(INSTANCE))
    scene.request(INSTANCE)
    scene.work_off()
    scene.ec2.add(an_interface())
    scene.ec2.unlisted.add(INTERFACE)
    deliver(scene, _tagged("network-interface", INTERFACE, {POOL: "mgmt"}))
    scene.work_off(seconds=1)
    before = scene.record(instance=INSTANCE).state
    scene.ec2.unlisted.clear()

    scene.work_off(seconds=3)

    assert (State.REFUSED, State.ATTACHED) == (before, scene.record(instance=INSTANCE).state)


def test_a_vpc_that_is_still_shown_without_its_consent_is_asked_about_again() -> None:
    """Its owner has just tagged it."""
    scene = a_scene(an_instance(INSTANCE), an_interface())
    tags = dict(a_vpc().tags)
    scene.ec2.tag(MGMT_VPC, {"dualhome:allow-from": None})
    scene.request(INSTANCE)
    scene.work_off()
    before = scene.record(instance=INSTANCE).reason
    deliver(scene, _tagged("vpc", MGMT_VPC, tags))
    scene.work_off(seconds=1)
    scene.ec2.tag(MGMT_VPC, {"dualhome:allow-from": "*"})

    scene.work_off(seconds=3)

    assert Reason.NOT_ALLOWED == before
    assert State.ATTACHED == scene.record(instance=INSTANCE).state


def test_every_resource_of_an_event_is_handled() -> None:
    """One event may be about several."""
    scene = a_scene(
        an_instance(INSTANCE), an_interface(), an_instance(OTHER), an_interface("eni-02")
    )
    event = _tagged("instance", INSTANCE, {TARGETS: "mgmt"})
    event["resources"].append(event["resources"][0].replace(INSTANCE, OTHER))

    deliver(scene, event)
    scene.work_off()

    assert [State.ATTACHED] * 2 == [scene.record(instance=it).state for it in (INSTANCE, OTHER)]


def test_of_two_events_about_one_resource_the_later_counts() -> None:
    """They may arrive in any order, within one second."""
    older, newer = (Announced(INSTANCE, ((TARGETS, it),), n) for n, it in enumerate("ab"))

    assert (newer,) == newest((newer, older)) == newest((older, newer))


def test_a_request_that_announces_nothing_does_not_make_another_compare_anew() -> None:
    """Both would begin anew each time they meet, and never end while EC2 shows other tags."""
    again = ReconcileRequest(INSTANCE, a_cause(), announced=(Announced(INSTANCE, ()),), compared=2)

    assert 2 == ReconcileRequest(INSTANCE, a_cause(), attempt=3).joined_by(again).compared
    assert 0 == again.joined_by(replace(again, compared=0)).compared


def test_what_is_announced_survives_the_queue() -> None:
    """A request that comes back is the same."""
    announced = (Announced(INSTANCE, ((TARGETS, "mgmt"),), 4),)
    request = ReconcileRequest(INSTANCE, a_cause(), announced=announced, compared=2)
    body = json.dumps(print_request(request))

    assert request == parse_request(json.loads(body))
    assert (request,) == parse_message(body, PLACE)


def test_a_message_carries_no_more_than_it_can() -> None:
    """SQS takes 256 KB; a crowd of tagged interfaces must not grow it without end."""
    many = tuple(Announced(f"eni-{n:03}", ((POOL, "m" * 32),)) for n in range(500))
    request = ReconcileRequest(INSTANCE, a_cause(), announced=many[:8])

    assert (
        len(
            json.dumps(
                print_request(
                    request.joined_by(ReconcileRequest(INSTANCE, a_cause(), announced=many))
                )
            )
        )
        < 8000
    )


def _tagged(kind: str, resource: str, tags: dict[str, str]) -> dict[str, Any]:
    return {
        "id": "event-1",
        "source": "aws.tag",
        "detail-type": "Tag Change on Resource",
        "account": ACCOUNT,
        "region": "us-east-1",
        "time": NOW.isoformat(),
        "resources": [f"arn:aws:ec2:us-east-1:{ACCOUNT}:{kind}/{resource}"],
        "detail": {"resource-type": kind, "tags": tags, "version": 3.0},
    }
