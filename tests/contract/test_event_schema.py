"""What is announced is what docs/events promises to consumers, who have nothing else."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator, FormatChecker

from dualhome.adapters.dynamodb.items import audit_values, read
from dualhome.adapters.eventbridge_events import DETAIL_TYPE, SOURCE
from dualhome.domain.attachment import AuditEntry, Move, Origin, Trace
from dualhome.domain.errors import UnexpectedAwsError
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.contract.announcements import Event, announced
from tests.contract.random_moves import audit_entries
from tests.support.builders.values import INSTANCE, OTHER_ZONE, an_instance, an_interface
from tests.support.offenders import offenders
from tests.support.readers.event_patterns import matches
from tests.support.readers.template import ROOT, parsed
from tests.support.scenarios.scene import Scene, a_scene

FOLDER = ROOT / "docs/events"
SCHEMA = json.loads((FOLDER / "attachment-state-change.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
EXAMPLES: dict[str, Event] = {
    path.stem: event
    for path in sorted(FOLDER.glob("examples/*.json"))
    if (event := json.loads(path.read_text(encoding="utf-8")))["detail-type"] == DETAIL_TYPE
}
README = (FOLDER / "README.md").read_text(encoding="utf-8")
RULE_FILE = parsed("docs/events/example-rule.yaml")
RULE: Event = RULE_FILE["Resources"]["TroubleRule"]["Properties"]["EventPattern"]
NEVER = timedelta(days=1).total_seconds()

Spoil = Callable[[Event], object]


def stories() -> list[Scene]:
    """Return deployments in which everything has happened that can happen to an attachment."""
    attached = a_scene(an_instance(), an_interface())
    refused = a_scene(an_instance(targets="mgmt data@2"), an_interface(zone=OTHER_ZONE))
    malformed = a_scene(an_instance(targets="mgmt@0"))
    waiting = a_scene(an_instance(), an_instance("i-02"), an_interface())
    failed = a_scene(an_instance(), an_interface())
    failed.calls.fail_next("attach", UnexpectedAwsError("no", code="Surprise", verbatim="no"))
    stuck = a_scene(an_instance(), an_interface())
    stuck.ec2.detach_seconds = NEVER
    for scene in (attached, refused, malformed, failed, stuck):
        scene.request()
        scene.work_off()
    waiting.request(INSTANCE, "i-02")
    waiting.work_off()
    for scene in (attached, stuck):
        scene.ec2.tag(INSTANCE, {"dualhome:targets": ""})
        scene.request()
        scene.work_off(3600)
    return [attached, refused, malformed, waiting, failed, stuck]


def test_every_event_of_every_story_keeps_the_promise() -> None:
    """Consumers generate their code from the schema."""
    entries = [entry for scene in stories() for entry in scene.ledger.audit]

    assert {entry.after.state for entry in entries} == set(State)
    for event in announced(entries):
        VALIDATOR.validate(event)


@given(audit_entries())
def test_every_event_that_can_be_written_keeps_the_promise(entry: AuditEntry) -> None:
    """Whatever is empty, rare or long."""
    (event,) = announced([entry])

    VALIDATOR.validate(event)


def test_the_schema_is_one() -> None:
    """A validator takes a misspelt keyword for a word of the author's."""
    Draft202012Validator.check_schema(SCHEMA)


def test_the_values_promised_are_those_of_the_code() -> None:
    """Neither one too few, nor one that never comes."""
    fields = SCHEMA["$defs"]["attachment"]["properties"] | SCHEMA["$defs"]
    kinds: dict[str, list[str]] = {
        "state": list(State),
        "reason": list(Reason),
        "origin": list(Origin),
    }

    assert kinds == {name: fields[name]["enum"] for name in kinds}


def test_each_field_that_is_written_is_named() -> None:
    """The schema is open to unknown fields, so that none of ours would be missed."""
    written: set[tuple[str, str]] = set()
    for entry in (entry for scene in stories() for entry in scene.ledger.audit):
        detail = audit_values(entry)
        after = detail["after"]
        parts = {"move": detail, "attachment": after, "cause": after["cause"]}
        written |= {(part, name) for part, fields in parts.items() for name in fields}
    named = {
        (part, name)
        for part in ("move", "attachment", "cause")
        for name in SCHEMA["$defs"][part]["properties"]
    }

    assert {"move", "attachment", "cause"} == {part for part, _ in written}
    assert set() == written - named


@pytest.mark.parametrize(
    "spoil",
    [
        lambda it: it.update(source="aws.ec2"),
        lambda it: it.update({"detail-type": "Attachment Change"}),
        lambda it: it.pop("detail"),
        lambda it: it["detail"].pop("id"),
        lambda it: it["detail"].update(id="1"),
        lambda it: it["detail"].update(to_state="Attached"),
        lambda it: it["detail"].update(reason="BECAUSE"),
        lambda it: it["detail"].update(reason=None),
        lambda it: it["detail"].update(instance="eni-01"),
        lambda it: it["detail"].update(at="2026-11-22T22:42:49Z"),
        lambda it: it["detail"].update(at="2026-13-40T22:42:49.996Z"),
        lambda it: it["detail"].update(account=111122223333),
        lambda it: it["detail"].pop("before"),
        lambda it: it["detail"]["after"].pop("version"),
        lambda it: it["detail"]["after"].update(version=0),
        lambda it: it["detail"]["after"].pop("interface"),
        lambda it: it["detail"]["after"]["slot"].update(index=0),
        lambda it: it["detail"]["after"].update(warnings=["HOT"]),
        lambda it: it["detail"]["cause"].pop("time"),
    ],
)
def test_an_event_that_is_spoilt_is_refused(spoil: Spoil) -> None:
    """A schema that takes everything promises nothing."""
    event = deepcopy(EXAMPLES["attached"])

    spoil(event)

    assert not VALIDATOR.is_valid(event)


@pytest.mark.parametrize("part", ["detail", "after", "cause"])
def test_an_event_with_a_field_of_the_future_is_taken(part: str) -> None:
    """Else the next version of dualhome would break those who check."""
    event = deepcopy(EXAMPLES["attached"])
    parts: dict[str, Any] = event["detail"] | {"detail": event["detail"]}
    parts[part]["colour"] = "blue"

    VALIDATOR.validate(event)


def test_an_example_is_an_event_as_it_is_written() -> None:
    """It is copied into tests of others."""

    def facts(event: Event) -> dict[str, bool]:
        detail = event["detail"]
        move = read(Move, {"before": None} | detail)
        return {
            "is valid": VALIDATOR.is_valid(event),
            "comes from us": (SOURCE, DETAIL_TYPE) == (event["source"], event["detail-type"]),
            "is written so": detail
            == audit_values(AuditEntry(detail["id"], move, read(Trace, detail))),
        }

    assert {} == offenders(EXAMPLES, facts)
    assert list(EXAMPLES) == [event["detail"]["to_state"] for event in EXAMPLES.values()]


def test_the_example_rule_catches_failures_alone() -> None:
    """It is deployed as it stands."""
    caught = {name: matches(RULE, event) for name, event in EXAMPLES.items()}

    assert {"attached": False, "claimed": False, "refused": True, "stuck": True} == caught


def test_the_rule_shown_as_a_command_is_the_one_in_the_file() -> None:
    """Two ways to the same."""
    (pattern,) = re.findall(r"--event-pattern '(.+?)'\n", README, re.DOTALL)

    assert RULE == json.loads(pattern)


def test_the_other_patterns_shown_are_valid_and_about_fields_that_exist() -> None:
    """EventBridge takes a pattern about a field that is never written, and never matches."""
    shown = re.findall(r"^\| `(\{.+?\})` \|", README, re.MULTILINE)
    fields = SCHEMA["$defs"]["move"]["properties"].keys()

    assert len(shown) == 8
    for pattern in map(json.loads, shown):
        assert pattern.keys() <= fields
        matches({"detail": pattern}, EXAMPLES["attached"])
