"""What is announced of a pause is what docs/events promises, and what the audit table holds."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from dualhome.adapters.dynamodb.items import pause_item, pause_values, read, read_audit, wire
from dualhome.adapters.eventbridge_events import PAUSE_DETAIL_TYPE, SOURCE
from dualhome.domain.attachment import AuditEntry, Move
from dualhome.domain.errors import UnreadableItemError
from dualhome.domain.pause import LONGEST_REASON, Pause, PauseChange
from dualhome.domain.states import State
from tests.contract.announcements import Event, announced
from tests.support.builders.values import (
    ACCOUNT,
    NOW,
    OPERATOR,
    OPERATOR_ID,
    TRACE,
    a_pause,
    a_pause_change,
    a_record,
)
from tests.support.readers.template import ROOT

FOLDER = ROOT / "docs/events"
SCHEMA = json.loads((FOLDER / "pause-change.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
EXAMPLE: Event = json.loads((FOLDER / "examples/paused.json").read_text(encoding="utf-8"))

ULIDS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26)
TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=LONGEST_REASON)
PAUSES = st.builds(
    Pause,
    paused=st.booleans(),
    since=st.datetimes(timezones=st.just(UTC), min_value=NOW.replace(tzinfo=None)).map(
        lambda it: it.replace(microsecond=it.microsecond // 1000 * 1000)
    ),
    by=st.just(OPERATOR) | TEXTS,
    user_id=st.just(OPERATOR_ID) | TEXTS.filter(bool),
    reason=TEXTS,
    version=st.integers(1, 10**9),
)
CHANGES = st.builds(
    PauseChange, ULIDS, st.none() | PAUSES, PAUSES, st.just(ACCOUNT), st.just("us-east-1")
)


@given(CHANGES)
def test_every_event_that_can_be_written_keeps_the_promise(change: PauseChange) -> None:
    """Whatever is empty, rare or long."""
    (event,) = announced([change])

    VALIDATOR.validate(event)


@given(CHANGES)
def test_what_is_kept_is_read_as_it_was(change: PauseChange) -> None:
    """By the publisher from the stream, and by the command."""
    assert change == read_audit(wire(pause_item(change, 0)))


def test_the_schema_is_one() -> None:
    """A validator takes a misspelt keyword for a word of the author's."""
    Draft202012Validator.check_schema(SCHEMA)


def test_each_field_that_is_written_is_named() -> None:
    """The schema is open to unknown fields, so that none of ours would be missed."""
    detail = pause_values(replace(a_pause_change(), before=a_pause()))
    named = SCHEMA["$defs"]["change"]["properties"], SCHEMA["$defs"]["pause"]["properties"]

    assert (set(detail), set(detail["after"])) == (set(named[0]), set(named[1]))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda it: it.update({"detail-type": "Attachment State Change"}),
        lambda it: it["detail"].pop("id"),
        lambda it: it["detail"].pop("proven"),
        lambda it: it["detail"].update(before=None),
        lambda it: it["detail"]["after"].update(paused="true"),
        lambda it: it["detail"]["after"].update(version=0),
        lambda it: it["detail"]["after"].update(user_id=""),
        lambda it: it["detail"]["after"].update(reason="x" * (LONGEST_REASON + 1)),
        lambda it: it["detail"].update(at="2026-11-22T22:42:49Z"),
    ],
)
def test_an_event_that_is_spoilt_is_refused(spoil: Callable[[Event], object]) -> None:
    """A schema that takes everything promises nothing."""
    event = deepcopy(EXAMPLE)

    spoil(event)

    assert not VALIDATOR.is_valid(event)


def test_the_example_is_an_event_as_it_is_written() -> None:
    """It is copied into tests of others."""
    detail = EXAMPLE["detail"]

    VALIDATOR.validate(EXAMPLE)
    assert (SOURCE, PAUSE_DETAIL_TYPE) == (EXAMPLE["source"], EXAMPLE["detail-type"])
    assert detail == pause_values(read(PauseChange, detail))


def test_pauses_and_moves_keep_their_order() -> None:
    """A subscriber sees what was attached before the pause before it sees the pause."""
    move = AuditEntry("01", Move(None, a_record(State.CLAIMED)), TRACE)

    events = announced([move, a_pause_change(), move])

    kinds = ["Attachment State Change", "Pause Change", "Attachment State Change"]
    assert kinds == [event["detail-type"] for event in events]


def test_the_user_id_is_that_of_the_key() -> None:
    """What the item says beside its key is its writer's word."""
    item = pause_item(a_pause_change(), 0)
    forged = item | {"pk": "PAUSE#AROAEXAMPLEEXAMPLE123:bob"}

    entry = read_audit(wire(forged))

    assert isinstance(entry, PauseChange)
    assert ("AROAEXAMPLEEXAMPLE123:bob", False) == (entry.after.user_id, entry.proven)
    assert a_pause_change().proven


def test_an_entry_expires_as_every_entry_does() -> None:
    """The retention is the stack's, by whichever program it is written."""
    change = a_pause_change()

    kept, expiring = pause_item(change, 0), pause_item(change, 30)

    assert "expires_at" not in kept
    assert int((NOW + timedelta(days=30)).timestamp()) == expiring["expires_at"]
    assert ("2026-03-01", f"2026-03-01T12:00:00.000Z#{change.id}") == (kept["day"], kept["sk"])


@pytest.mark.parametrize("missing", ["id", "after", "account"])
def test_an_entry_of_another_version_is_named_by_its_key(missing: str) -> None:
    """The publisher puts it aside, and the command counts it."""
    item = pause_item(a_pause_change(), 0)
    del item[missing]

    with pytest.raises(UnreadableItemError, match=f"item PAUSE#{OPERATOR_ID} 2026"):
        read_audit(wire(item))
