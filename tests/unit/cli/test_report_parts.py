"""What needs attention, pools as bars, the table, and the colours."""

import re
from datetime import timedelta
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualhome.domain.attachment import Failure, PendingRelease
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, VpcId, Zone
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import Refusal
from dualhome.domain.states import State
from dualhome_cli.pools.capacity import Pool, Stock, Use
from dualhome_cli.report.attention import SHOWN, groups_of
from dualhome_cli.report.charts import SIZE, bar_of
from dualhome_cli.report.rows import lines_of
from dualhome_cli.report.text import clipped, in_order
from tests.support.builders.large_report import Crowd, many, one
from tests.support.builders.values import NOW

CSS = files("dualhome_cli.report").joinpath("page", "page.css").read_text("utf-8")
READABLE = 4.5
"""Web Content Accessibility Guidelines 2.2, success criterion 1.4.3 (AA)."""


def test_an_account_in_order_needs_no_attention() -> None:
    """A report that always warns is not read."""
    assert () == groups_of(one().facts())


def test_the_worst_comes_first_and_alike_things_come_together() -> None:
    """Forty instances that wait for one pool are one thing to do."""
    crowd = Crowd()
    for state, reason in [
        (State.WAITING, Reason.POOL_EMPTY),
        (State.WAITING, Reason.POOL_EMPTY),
        (State.REFUSED, Reason.BAD_TAG),
        (State.STUCK, Reason.DETACH_TIMEOUT),
        (State.FAILED, Reason.EC2_REFUSED),
        (State.WAITING, Reason.RESERVED),
    ]:
        crowd.attachment(state, reason=reason)

    assert [
        ("stuck DETACH_TIMEOUT", 1),
        ("failed EC2_REFUSED", 1),
        ("refused BAD_TAG", 1),
        ("waiting POOL_EMPTY", 2),
        ("waiting RESERVED", 1),
    ] == [(group.query, group.count) for group in groups_of(crowd.facts())]


def test_what_is_attached_without_consent_needs_attention_and_other_warnings_do_not() -> None:
    """Its owner has withdrawn it; the others were known when it was attached."""
    crowd = Crowd()
    crowd.attachment(State.ATTACHED, warnings=(Reason.OVERLAPPING_CIDR,))
    crowd.attachment(State.ATTACHED, warnings=(Reason.PUBLIC_IPV4, Reason.CONSENT_WITHDRAWN))

    (group,) = groups_of(crowd.facts())

    assert ("attached CONSENT_WITHDRAWN", 1) == (group.query, group.count)
    assert Reason.CONSENT_WITHDRAWN is group.reason


def test_of_many_alike_those_are_shown_that_wait_longest() -> None:
    """The others are in the table; the count is of all."""
    crowd = Crowd()
    for minutes in range(10):
        since = NOW - timedelta(minutes=minutes)
        crowd.attachment(State.WAITING, name=str(minutes), since=since, reason=Reason.PAUSED)

    (group,) = groups_of(crowd.facts())

    assert (10, SHOWN) == (group.count, len(group.cases))
    assert ["9", "8", "7", "6"] == [case.name for case in group.cases]


def test_what_is_known_is_said_once_with_awss_own_words() -> None:
    """Operators search for the code."""
    crowd = Crowd()
    for number, detail in enumerate(("It is full.", "Try later.")):
        since = NOW + timedelta(seconds=number)
        failure = Failure("Busy", "Try later.")
        crowd.attachment(State.FAILED, detail=detail, failure=failure, since=since)

    ((first, second),) = (group.cases for group in groups_of(crowd.facts()))

    assert ("It is full. Busy: Try later", "Busy: Try later") == (first.said, second.said)


def test_the_table_begins_with_what_needs_attention_then_goes_by_name() -> None:
    """As people count: web-2 before web-10."""
    crowd = Crowd()
    for name in ("web-10", "web-2", ""):
        crowd.attachment(name=name)
    crowd.attachment(State.FAILED, name="zz")

    assert ["zz", "", "web-2", "web-10"] == [it.name for it in lines_of(crowd.facts())]


def test_the_table_has_every_attachment_once() -> None:
    """It is the page's inventory."""
    crowd = many(500)

    lines = lines_of(crowd.facts())

    assert {(it.instance, it.target) for it in crowd.records} == {
        (it.row.instance, it.row.target) for it in lines
    }
    assert 500 == len(lines)


@given(st.lists(st.integers(0, 200), min_size=5, max_size=5), st.integers(0, 50))
def test_a_bar_is_filled_side_by_side_and_is_as_long_as_all(
    counts: list[int], waiting: int
) -> None:
    """What waits extends it."""
    uses = dict(zip(Use, counts, strict=True))

    bar = bar_of(_pool(uses, waiting))

    assert (sum(counts), uses[Use.FREE]) == (bar.every, bar.free)
    assert {str(use): count for use, count in uses.items() if count} | (
        {"waiting": waiting} if waiting else {}
    ) == {part.kind: part.count for part in bar.parts}
    for left, right in pairwise(bar.parts):
        assert left.x + left.width == pytest.approx(right.x)
    if bar.parts:
        assert pytest.approx(SIZE) == bar.parts[-1].x + bar.parts[-1].width


def test_a_bar_says_in_words_what_it_shows() -> None:
    """For those who do not see it, and in print."""
    assert "2 used, 1 free, 3 waiting" == bar_of(_pool({Use.FREE: 1, Use.USED: 2}, 3)).words
    assert "nothing" == bar_of(_pool({}, 0)).words


@pytest.mark.parametrize("text", ["", "web-1", "x" * 300, "名前" * 99, "é" * 50])
def test_a_clipped_text_is_as_wide_as_it_may_be(text: str) -> None:
    """East Asian letters count double."""
    wide = sum(2 if letter in "名前" else 1 for letter in clipped(text, 10))

    assert wide <= 10
    assert clipped(text, 10).startswith(text[:4])


def test_names_are_ordered_as_people_count() -> None:
    """And whatever they hold, they can be compared."""
    names = ["web-10", "Web-9", "10", "9", "", "web", "²"]

    assert ["", "9", "10", "web", "Web-9", "web-10", "²"] == sorted(names, key=in_order)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_colour_of_text_can_be_read_on_the_page(theme: int) -> None:
    """In daylight, at night."""
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", CSS.split("@media", 2)[theme]))
    inks = set(colours) - {"paper", "raised", "line", "outline"}

    assert len(inks) >= 8
    for ground in ("paper", "raised"):
        low = {it for it in inks if _contrast(colours[it], colours[ground]) < READABLE}
        assert set() == low


def _pool(uses: dict[Use, int], waiting: int) -> Pool:
    named = {f"eni-{use}-{it}": use for use, count in uses.items() for it in range(count)}
    stock = Stock(VpcId("vpc-0b"), named)  # type: ignore[arg-type]
    waits = {InstanceId(f"i-{it}"): None for it in range(waiting)}
    return Pool(TargetName("mgmt"), Zone("us-east-1a"), (stock,), frozenset(waits), waits)


def _contrast(first: str, second: str) -> float:
    """WCAG's contrast ratio of two colours."""
    low, high = sorted(map(_luminance, (first, second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_what_is_pending_or_refused_is_explained_where_it_is_shown() -> None:
    """The page is read where the command cannot be run."""
    crowd = Crowd()
    due = PendingRelease(Reason.NOT_WANTED, NOW - timedelta(hours=1))
    refused = (Refusal(InterfaceId("eni-0bad"), "Odd", 1, NOW + timedelta(days=1)),)
    crowd.attachment(State.ATTACHED, reason=Reason.RELEASE_PENDING, pending=due)
    crowd.attachment(State.FAILED, reason=Reason.EC2_REFUSED, refusals=refused)

    said = {
        str(group.reason): case.said for group in groups_of(crowd.facts()) for case in group.cases
    }

    assert "There was no second reading since" in said["RELEASE_PENDING"]
    assert "EC2 has refused eni-0bad (Odd; tried last until" in said["EC2_REFUSED"]
