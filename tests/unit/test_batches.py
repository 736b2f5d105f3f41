"""Batches of the changes queue: many messages about one thing are handled once."""

from datetime import timedelta
from typing import Any

from dualhome.application.requests import Look
from dualhome.application.requeue import LAST_LOOK, Agenda
from dualhome.domain.attachment import Ask, Asked, Move
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
RELEASE = Ask(Asked.RELEASE)
MINUTE = timedelta(minutes=1)


def test_an_ask_keeps_its_time_and_its_author_beside_a_later_event() -> None:
    """Both are about the same instance, and one look does both."""
    ask = Look(InstanceId(INSTANCE), a_cause("ask", principal=WHO), asks=(RELEASE,))
    event = Look(InstanceId(INSTANCE), a_cause("event", time=NOW + MINUTE), attempt=3)

    assert ask == event.joined_by(ask) == ask.joined_by(event)


def test_an_old_ask_beside_an_event_takes_nothing_that_came_after_it() -> None:
    """The queue delivers it again, in one batch with news of the instance."""
    scene = a_scene(an_instance(), an_interface())
    ask = Look(InstanceId(INSTANCE), a_cause("ask", time=scene.clock()), asks=(RELEASE,))
    scene.clock.advance(60)
    scene.look()
    scene.work_off()
    before = scene.record()

    scene.invoke(ask.joined_by(Look(ask.instance, a_cause("event", time=scene.clock()))))
    scene.work_off()

    assert State.ATTACHED == before.state
    assert before == scene.record()


def test_a_look_that_comes_back_too_often_is_left_to_the_sweep_unless_somebody_asked() -> None:
    """The sweep knows what differs; of what people asked for it knows nothing."""
    agenda = Agenda()
    look = Look(InstanceId(INSTANCE), a_cause(), attempt=LAST_LOOK)
    asked = Look(InstanceId("i-02"), a_cause(), attempt=LAST_LOOK, asks=(RELEASE,))

    agenda.later(look)
    agenda.later(asked)

    assert [[asked.again()]] == [list(due.values()) for due in agenda.looks.values()]


def test_many_tagged_interfaces_wake_each_instance_once() -> None:
    """Fifty are tagged and two hundred lack them: that is not ten thousand looks."""
    scene = a_scene()
    ids = [f"i-{number:02}" for number in range(20)]
    for id_ in ids:
        scene.ledger.commit(Move(None, a_record(State.WAITING, instance=id_)), TRACE)

    deliver(scene, *(_tagged(number) for number in range(50)))

    assert sorted(ids) == sorted(look.instance for _, look in scene.looks.queued)


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
