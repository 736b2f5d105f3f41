"""Others hear of moves as docs/events promises: by its rule, in the form of its schema."""

import json
from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tests.support.deployed.attachments import attached, want_nothing
from tests.support.deployed.events import Inbox
from tests.support.deployed.stack import Item, Stack
from tests.support.deployed.waiting import until
from tests.support.deployed.world import World
from tests.support.readers.template import ROOT

FOLDER = ROOT / "docs/events"
SCHEMA = json.loads((FOLDER / "attachment-state-change.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())


@pytest.fixture
def failures(stack: Stack) -> Iterator[str]:
    """The queue of the example, deployed by another owner in the same account."""
    cloudformation = stack.cloud.client("cloudformation")
    example = (FOLDER / "example-rule.yaml").read_text(encoding="utf-8")
    cloudformation.create_stack(StackName="others", TemplateBody=example)

    def queue() -> str:
        found = cloudformation.describe_stack_resources(StackName="others")["StackResources"]
        ready = {it["LogicalResourceId"]: it for it in found}
        complete = len(ready) == 3 and all("COMPLETE" in it["ResourceStatus"] for it in found)
        return str(ready["TroubleQueue"]["PhysicalResourceId"]) if complete else ""

    yield until(queue)
    cloudformation.delete_stack(StackName="others")


def test_the_example_rule_brings_what_went_wrong_and_nothing_else(
    world: World, failures: str
) -> None:
    """An attachment goes well beside one that cannot be had."""
    mgmt = world.target("mgmt")
    mgmt.interface()
    fine, _ = attached(world, mgmt)
    refused = world.launch(targets=world.named("nowhere"))
    world.comes_to("refused", refused, world.named("nowhere"))

    events: list[Item] = []

    def refusal_is_announced() -> bool:
        found = world.stack.sqs.receive_message(QueueUrl=failures, MaxNumberOfMessages=10)
        events.extend(json.loads(message["Body"]) for message in found.get("Messages", []))
        return refused in {event["detail"]["instance"] for event in events}

    # What went well was published before.
    world.until(refusal_is_announced)

    assert fine not in {event["detail"]["instance"] for event in events}
    for event in events:
        VALIDATOR.validate(event)


def test_every_event_of_an_attachment_s_life_keeps_the_promise(world: World, inbox: Inbox) -> None:
    """As the bus delivers it, envelope and all."""
    mgmt = world.target("mgmt")
    mgmt.interface()
    instance, _ = attached(world, mgmt)
    want_nothing(world, instance)
    world.comes_to("released", instance, mgmt.name)

    events = world.until(lambda: _until_released(inbox.events(instance)))

    assert ["claimed", "attaching", "attached", "attached", "releasing", "released"] == [
        event["detail"]["to_state"] for event in events
    ]
    for event in events:
        VALIDATOR.validate(event)


def _until_released(events: list[Item]) -> list[Item]:
    return events if events and events[-1]["detail"]["to_state"] == "released" else []
