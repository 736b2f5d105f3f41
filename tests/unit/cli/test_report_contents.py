"""What the page of the report says."""

from dataclasses import replace
from pathlib import Path

from dualhome.domain.pause import PauseReading
from dualhome_cli.report.html import render
from tests.support.builders.large_report import POOLS, Crowd, one
from tests.support.builders.values import NOW, OPERATOR, a_pause, a_record, an_instance
from tests.support.readers.pages import read_page
from tests.support.scenarios.stack import WAITING, a_stack_with, run
from tests.unit.cli.transcript import Transcript


def test_what_is_asked_for_and_not_recorded_needs_attention() -> None:
    """Its event was lost: no record tells of it."""
    crowd = one()
    for number in range(6):
        crowd.instances.append(an_instance(f"i-0{number}", tags={"Name": f"lost-{number}"}))

    text = read_page(render(crowd.facts(shortages=()))).text()

    assert "6 not recorded" in text
    assert "lost-0 i-00" in text
    assert "and 2 more: dualhome doctor names them" in text
    assert "Nothing needs attention." not in text


def test_an_empty_account_says_that_there_is_nothing() -> None:
    """The first page after deployment."""
    text = read_page(render(Crowd(vpcs=[]).facts(shortages=()))).text()

    assert "Nothing needs attention." in text
    assert "No instance asks for a target, and no interface is in a pool." in text
    assert "Nothing was attached." in text


def test_a_pause_is_said_at_the_top() -> None:
    """It explains why nothing moves."""
    facts, reading = one().facts(), PauseReading.of(a_pause(reason="<b>why</b>"), parameter=False)
    paused = replace(facts.account, policy=replace(facts.account.policy, pause=reading))

    text = read_page(render(replace(facts, account=paused))).text()
    assert f"Paused since 2026-03-01 12:00:00 UTC by {OPERATOR}: <b>why</b>." in text
    assert "Nothing is attached or detached until " in text


def test_targets_and_addresses_are_in_the_table() -> None:
    """What one searches for."""
    page = read_page(render(one().facts()))

    assert {"mgmt", "10.20.0.4", "@1", "us-east-1a"} <= {it.text for it in page.all("td")}
    assert POOLS["mgmt"] in {it.text for it in page.all("text")}


def test_the_page_has_everything_in_words(tmp_path: Path) -> None:
    """It is read without its pictures, too."""
    said = Transcript("report")
    crowd = one()
    crowd.instances += [an_instance("i-0a"), an_instance("i-0b", targets="mgnt")]
    for title, facts in (("an account", crowd.facts()), ("empty", Crowd(vpcs=[]).facts())):
        page = read_page(render(facts)).text()
        body = page.partition("Skip to all attachments")[2].partition('"use strict"')[0]
        hours = (line for line in body.splitlines() if not line.strip().endswith(":00: nothing"))
        said.note(title, *filter(None, map(str.strip, hours)))
    stack = a_stack_with(a_record(), WAITING)
    result = run(stack, "report", "--html", str(tmp_path / "page.html"), "--day", f"{NOW:%F}")
    said.note("the totals", result.stderr.rstrip("\n"))
    said.check()
