"""Messages that cannot be handled become dead letters; those beside them are handled."""

import json

from tests.support.deployed.queue import dead_letters, send, short_visibility, state_change
from tests.support.deployed.world import World

FOREIGN = "i-0fedcba9876543210"

BAD = {
    "garbage": "this is not JSON {",
    "JSON, but no event": '["instance", "i-0123456789abcdef0"]',
    "empty": "{}",
    "of an unknown type": state_change(FOREIGN) | {"detail-type": "EC2 Spot Instance Interruption"},
    "of another account": state_change(FOREIGN, account="999999999999"),
    "of another Region": state_change(FOREIGN, region="eu-central-1"),
    "without an instance": state_change(FOREIGN) | {"detail": {"state": "running"}},
    "about something else than an instance": state_change("../../etc/passwd"),
    "of tags of a volume": state_change(FOREIGN)
    | {
        "source": "aws.tag",
        "detail-type": "Tag Change on Resource",
        "detail": {"resource-type": "volume", "service": "ec2", "tags": {}, "version": 1},
    },
}


def test_messages_that_cannot_be_handled_end_in_the_dead_letter_queue(world: World) -> None:
    """Each comes back five times and is then kept for a person; the rest of the batch is done."""
    mgmt = world.target()
    mgmt.interface()
    instance = world.launch_running(targets=mgmt.name)
    texts = {case: _unique(body, world) for case, body in BAD.items()}

    with short_visibility(world.stack):
        send(world.stack, *texts.values(), state_change(instance))
        world.comes_to("attached", instance, mgmt.name)
        kept: list[str] = []

        def all_kept() -> bool:
            kept.extend(dead_letters(world.stack))
            return set(texts.values()) <= set(kept)

        world.until(all_kept)

    missing = [case for case, text in texts.items() if text not in kept]
    assert missing == []
    assert world.stack.records(FOREIGN) == {}
    assert not [body for body in kept if instance in body]


def _unique(body: object, world: World) -> str:
    """Return a message's text that no other run's message equals."""
    mark = world.named("message")
    if isinstance(body, str):
        return f"{body} {mark}" if body.startswith("this") else body
    return json.dumps(body | {"mark": mark})  # type: ignore[operator]
