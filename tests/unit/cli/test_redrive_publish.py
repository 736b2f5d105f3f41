"""Moves that were not published, published again: all of them, and each once."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualhome.adapters.sqs import SqsSetAside
from dualhome.domain.attachment import UnreadableAudit
from dualhome.domain.errors import BadMessageError
from dualhome.wire import UNREADABLE_DETAIL_TYPE
from dualhome_cli.redrive.publish import (
    BATCH,
    MARGIN,
    Item,
    PublishAgain,
    Span,
    parse_span,
    parse_unreadable,
)
from tests.support.builders.hostile_text import HOSTILE
from tests.support.fakes.dead_letters import NOON, letters
from tests.support.readers.checkout import ROOT

TEXTS = st.text(HOSTILE)
EXPIRED = "INSTANCE#i-expired"
UNREADABLE = json.dumps(
    {
        "source": "dualhome",
        "detail-type": UNREADABLE_DETAIL_TYPE,
        "detail": {"pk": "INSTANCE#i-1", "sk": "then", "why": "KeyError: 'id'"},
    }
)
EVENT = (ROOT / "events" / "instance-tag-changed.json").read_text(encoding="utf-8")


class Past:
    """
    One entry for each second of an hour; ``published`` notes what was.

    As the publisher does, it leaves out what it cannot read (``broken``).
    """

    def __init__(self, *broken: str) -> None:
        self.published: list[str] = []
        self.calls: list[int] = []
        self.broken = set(broken)

    def written(self, span: Span) -> Iterator[Item]:
        """Yield what lies in the span."""
        for second in range(3600):
            at = NOON + timedelta(seconds=second)
            if span.start <= at < span.end:
                yield {"sk": {"S": at.isoformat()}}

    def item(self, pk: str, sk: str) -> Item | None:
        """Return one item, unless it has expired."""
        return None if pk == EXPIRED else {"pk": {"S": pk}, "sk": {"S": sk}}

    def publish(self, items: Sequence[Item]) -> Sequence[str]:
        """Note each entry that can be read."""
        keys = [item["sk"]["S"] for item in items]
        self.calls.append(len(keys))
        self.published += [key for key in keys if key not in self.broken]
        return [key for key in keys if key in self.broken]


def failed_batch(first: datetime, last: datetime) -> str:
    """Return what Lambda writes when it gives a batch up."""
    info = {
        "approximateArrivalOfFirstRecord": f"{first:%Y-%m-%dT%H:%M:%SZ}",
        "approximateArrivalOfLastRecord": f"{last:%Y-%m-%dT%H:%M:%SZ}",
        "batchSize": 3,
    }
    return json.dumps({"version": "1.0", "DDBStreamBatchInfo": info})


def test_moves_are_published_from_a_margin_before_the_batch_to_its_end() -> None:
    """A move is dated when it is decided, and reaches the stream when it is written."""
    past = Past()
    first = NOON + timedelta(minutes=10)

    assert PublishAgain(past, past).handle(letters(failed_batch(first, first))) == {}
    assert (first - MARGIN).isoformat() == past.published[0]
    assert first.isoformat() == past.published[-1]


def test_moves_that_two_messages_tell_of_are_published_once() -> None:
    """When EventBridge is out for an hour, each batch has a message of its own."""
    past = Past()
    bodies = [
        failed_batch(at, at + timedelta(seconds=30))
        for at in (NOON + timedelta(seconds=20 * n) for n in (9, 3, 5, 12, 4, 9))
    ]

    PublishAgain(past, past).handle(letters(*bodies))

    assert len(past.published) == len(set(past.published))


def test_moves_are_handed_over_in_batches_as_the_stream_has_them() -> None:
    """The publisher's time and payload are made for those."""
    past = Past()

    PublishAgain(past, past).handle(letters(failed_batch(NOON, NOON + timedelta(minutes=9))))

    assert {BATCH} == set(past.calls[:-1])
    assert 541 == sum(past.calls)


def test_entries_that_cannot_be_read_are_left_alone() -> None:
    """Those around them are published; the message stays, and says how many they are."""
    broken = [(NOON + timedelta(seconds=n)).isoformat() for n in (0, 5, 6, 9)]
    past = Past(*broken)

    why_not = PublishAgain(past, past).handle(
        letters(failed_batch(NOON, NOON + timedelta(seconds=9)))
    )

    assert {"id-0": f"4 entries cannot be read, the first is {broken[0]}"} == why_not
    assert [1, 2, 3, 4, 7, 8] == [int(key[17:19]) for key in past.published]


def test_an_item_that_was_set_aside_is_published_once_it_can_be_read() -> None:
    """By the version that is deployed now; until then it stays, and is named."""
    past = Past("then")
    handler = PublishAgain(past, past)

    assert "INSTANCE#i-1 then cannot be read" in handler.handle(letters(UNREADABLE))["id-0"]
    past.broken.clear()

    assert {} == handler.handle(letters(UNREADABLE))
    assert ["then"] == past.published
    assert "an audit item that could not be read" == handler.kind(UNREADABLE)


def test_an_item_that_was_set_aside_and_has_expired_is_done() -> None:
    """Nothing is left to tell."""
    past = Past()

    assert {} == PublishAgain(past, past).handle(
        letters(UNREADABLE.replace("INSTANCE#i-1", EXPIRED))
    )
    assert [] == past.published


def test_a_message_of_the_publisher_is_one_that_a_redrive_can_read() -> None:
    """Both have the same idea of what is enough to find an item."""
    sent: list[str] = []

    class Sqs:
        """Takes all messages."""

        def send_message_batch(self, **call: Any) -> Mapping[str, Any]:
            """Note the bodies."""
            sent.extend(it["MessageBody"] for it in call["Entries"])
            return {}

    item = UnreadableAudit("INSTANCE#i-1", "then", "KeyError: 'id'")

    SqsSetAside(cast("Any", Sqs()), "queue").put([item])

    assert item == parse_unreadable(sent[0])


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        '{"DDBStreamBatchInfo": 7}',
        failed_batch(NOON, NOON).replace("Z", ""),
        failed_batch(NOON, NOON - timedelta(seconds=1)),
        failed_batch(NOON, NOON + timedelta(days=2)),
        failed_batch(NOON, NOON).replace("2026-11-22T12", "0001-01-01T00"),
        json.dumps({"DDBStreamBatchInfo": {"approximateArrivalOfFirstRecord": None}}),
        EVENT,
    ],
)
def test_a_message_that_names_no_batch_stays(body: str) -> None:
    """The redrive does not guess what was meant."""
    past = Past()
    handler = PublishAgain(past, past)

    assert ["id-0"] == list(handler.handle(letters(body)))
    assert [] == past.published
    with pytest.raises(BadMessageError):
        handler.kind(body)


@given(TEXTS | st.recursive(st.none() | st.integers() | TEXTS, st.lists).map(json.dumps))
def test_no_text_makes_a_redrive_fail_otherwise(body: str) -> None:
    """One message must not stand in the way of all others."""
    with pytest.raises(BadMessageError):
        parse_span(body)


spans = st.tuples(st.integers(0, 50), st.integers(1, 20)).map(
    lambda it: Span(NOON + timedelta(seconds=it[0]), NOON + timedelta(seconds=sum(it)))
)


@given(spans, spans)
def test_a_range_without_another_holds_exactly_what_the_other_does_not(a: Span, b: Span) -> None:
    """Nothing is left out, nothing published twice."""

    def seconds(*of: Span) -> list[datetime]:
        all_ = [NOON + timedelta(seconds=n) for n in range(80)]
        return [at for at in all_ for span in of if span.start <= at < span.end]

    assert [at for at in seconds(a) if at not in seconds(b)] == seconds(*a.without(b))


def test_the_time_of_a_batch_is_read_in_utc() -> None:
    """Whatever the operator's own clock says."""
    assert NOON + timedelta(seconds=1) == parse_span(failed_batch(NOON, NOON)).end
    assert UTC == parse_span(failed_batch(NOON, NOON)).end.tzinfo
