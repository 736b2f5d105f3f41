"""Batches of the changes queue: many messages about one thing are handled once."""

from datetime import timedelta
from typing import Any

from dualhome.application.requests import ReconcileRequest
from dualhome.application.requeue import LAST_ATTEMPT, Requeue
from dualhome.domain.attachment import Move, OperatorAction, OperatorRequest
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.states import State
from tests.support.builders.values import (
    ACCOUNT,
    INSTANCE,
    NOW,
    TRACE,
    a_cause,
    a_record,
    an_instance,
    an_interface,
)
from tests.support.scenarios.delivery import deliver
from tests.support.scenarios.scene import a_scene

WHO = "arn:aws:iam::111122223333:user/kim"
RELEASE = OperatorRequest(OperatorAction.RELEASE)
MINUTE = timedelta(minutes=1)


def test_an_operator_request_keeps_its_time_and_its_author_beside_a_later_event() -> None:
    """Both are about the same instance, and one request does both."""
    ask = ReconcileRequest(
        InstanceId(INSTANCE), a_cause("ask", principal=WHO), operator_requests=(RELEASE,)
    )
    event = ReconcileRequest(InstanceId(INSTANCE), a_cause("event", time=NOW + MINUTE), attempt=3)

    assert ask == event.joined_by(ask) == ask.joined_by(event)


def test_an_old_operator_request_beside_an_event_takes_nothing_that_came_after_it() -> None:
    """The queue delivers it again, in one batch with news of the instance."""
    scene = a_scene(an_instance(), an_interface())
    ask = ReconcileRequest(
        InstanceId(INSTANCE), a_cause("ask", time=scene.clock()), operator_requests=(RELEASE,)
    )
    scene.clock.advance(60)
    scene.request()
    scene.work_off()
    before = scene.record()

    scene.invoke(
        ask.joined_by(ReconcileRequest(ask.instance, a_cause("event", time=scene.clock())))
    )
    scene.work_off()

    assert State.ATTACHED == before.state
    assert before == scene.record()


def test_a_request_that_comes_back_too_often_is_left_to_the_sweep_unless_an_operator_asked() -> (
    None
):
    """The sweep knows what differs; of what people asked for it knows nothing."""
    requeue = Requeue()
    request = ReconcileRequest(InstanceId(INSTANCE), a_cause(), attempt=LAST_ATTEMPT)
    asked = ReconcileRequest(
        InstanceId("i-02"), a_cause(), attempt=LAST_ATTEMPT, operator_requests=(RELEASE,)
    )

    requeue.later(request)
    requeue.later(asked)

    assert [[asked.again()]] == [list(due.values()) for due in requeue.requests.values()]


def test_many_tagged_interfaces_requeue_each_instance_once() -> None:
    """Fifty are tagged and two hundred lack them: that is not ten thousand looks."""
    scene = a_scene()
    ids = [f"i-{number:02}" for number in range(20)]
    for id_ in ids:
        scene.ledger.commit(Move(None, a_record(State.WAITING, instance=id_)), TRACE)

    deliver(scene, *(_tagged(number) for number in range(50)))

    assert sorted(ids) == sorted(request.instance for _, request in scene.queue.queued)


def _tagged(number: int) -> dict[str, Any]:
    return {
        "id": f"event-{number}",
        "source": "aws.tag",
        "detail-type": "Tag Change on Resource",
        "account": ACCOUNT,
        "region": "us-east-1",
        "time": NOW.isoformat(),
        "resources": [f"arn:aws:ec2:us-east-1:{ACCOUNT}:network-interface/eni-{number:02}"],
        "detail": {"resource-type": "network-interface", "tags": {"dualhome:pool": "mgmt"}},
    }
