"""The page shows everything, and lets nothing that others wrote be more than text."""

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import pytest

from dualhome.domain.attachment import Failure
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.report import rows
from dualhome_cli.report.data import Facts
from dualhome_cli.report.html import render
from tests.support.builders.large_report import Crowd, many, one
from tests.support.readers.pages import Page, read_page

HOSTILE = (
    "</script><script>alert(1)</script>",
    "</style><style>*{display:none}</style>",
    "</title></svg><img src=x onerror=alert(1)>",
    "\"'><a href=javascript:alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "<!--",
    "]]>&lt;b&gt;&amp;",
    "'; DROP --",
    "x" * 256,
    "名前" * 128,
)
OVERRIDE = "web\u202e1-bew\u2066\x1b[31m\x00"


def hostile(text: str) -> Page:
    """Return the page of an account in which whatever can be written says ``text``."""
    crowd = one()
    crowd.attachment(State.FAILED, name=text, reason=Reason.EC2_REFUSED, detail=text)
    crowd.attachment(State.STUCK, name=text, failure=Failure(text, text))
    crowd.attachment(State.ATTACHED, name=text)
    crowd.vpcs = [
        replace(vpc, tags={**vpc.tags, "Name": text, "dualhome:allow-from": text})
        for vpc in crowd.ours()
    ]
    crowd.vpcs[-1] = replace(crowd.vpcs[-1], tags={"dualhome:target": text})
    crowd.interfaces += [
        replace(crowd.free(), tags={"dualhome:pool": text, "dualhome:reserved-for": text})
    ]
    return read_page(render(crowd.facts(stack=text)))


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_others_wrote_stays_text(text: str) -> None:
    """Tags are anybody's: a name must not become an element, an attribute or a template."""
    names = {it.name for it in hostile("web-1").elements}

    page = hostile(text)

    assert names == {it.name for it in page.elements}
    assert (1, 1) == (len(page.all("script")), len(page.all("style")))
    assert not [name for name, _ in page.attributes() if name.startswith("on")]
    assert ([], []) == (page.faults, page.unclosed())
    assert text in {it.text for it in page.all("bdi")}


def test_nothing_turns_the_direction_of_writing_or_moves_a_cursor() -> None:
    """A name that reads backwards passes for another one."""
    text = render(_named(OVERRIDE))

    assert not [it for it in text if not it.isprintable() and it != "\n"]
    assert "web 1-bew" in text


def test_the_policy_lets_run_what_is_in_the_page_and_nothing_else() -> None:
    """A hash that does not fit would leave the page bare; a missing one would let others in."""
    page = read_page(render(one().facts()))
    (style,), (script,) = page.all("style"), page.all("script")

    (policy,) = (
        it.attributes["content"]
        for it in page.all("meta")
        if it.attributes.get("http-equiv") == "Content-Security-Policy"
    )

    assert policy == (
        f"default-src 'none'; style-src {_hash(style.text)}; script-src {_hash(script.text)};"
        " base-uri 'none'; form-action 'none'"
    )


def test_the_policy_comes_before_what_it_is_about() -> None:
    """A browser applies it to what follows."""
    names = [it.name for it in read_page(render(one().facts())).elements]

    assert names.index("meta") < names.index("style") < names.index("script")


@pytest.mark.parametrize("crowd", [one(), many(100)], ids=["1", "100"])
def test_the_page_refers_to_nothing_outside_itself(crowd: Crowd) -> None:
    """It is read offline, and loads nothing."""
    text = render(crowd.facts())
    page = read_page(text)

    references = [
        value
        for name, value in page.attributes()
        if name in {"href", "src", "srcset", "action", "data", "poster", "xlink:href"}
    ]

    assert references
    assert all(value.startswith("#") for value in references)
    assert "style" not in dict(page.attributes())
    assert {"#hatched", "#dotted"} == set(re.findall(r"url\(([^)]*)\)", text))
    assert "@import" not in text
    assert not re.findall(r"https?:", text)


@pytest.mark.parametrize("crowd", [Crowd(), one(), many(300)], ids=["0", "1", "300"])
def test_every_element_is_closed_and_every_reference_has_its_target(crowd: Crowd) -> None:
    """Browsers correct such slips, each in its own way."""
    page = read_page(render(crowd.facts()))
    ids = [value for name, value in page.attributes() if name == "id"]
    used = {it.attributes["href"][1:] for it in page.all("use")}
    used |= {value for name, value in page.attributes() if name in {"aria-labelledby", "for"}}

    assert ([], []) == (page.faults, page.unclosed())
    assert len(set(ids)) == len(ids)
    assert used <= set(ids)


def test_without_scripts_everything_is_there() -> None:
    """The script only hides: mail programs and printers run none."""
    facts = many(200).facts()

    page = read_page(render(facts))

    shown = {it.text for it in page.all("code")}
    assert {it.instance for it in facts.rows} <= shown
    assert {it.interface for it in facts.rows if it.interface} <= shown
    hidden = [it.attributes.get("id") for it in page.elements if "hidden" in it.attributes]
    assert {"search"} == {it for it in hidden if it}


def test_a_page_of_thousands_of_attachments_is_small_enough_to_mail() -> None:
    """Two thousand make 2 MB at most: each adds its row, and what its cell of the picture says."""
    few, more = (len(render(many(rows).facts()).encode()) for rows in (100, 300))

    assert 400 < (more - few) / 200 < 1000


def test_a_huge_account_is_cut_where_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser must open it; what needs attention is not what is cut."""
    monkeypatch.setattr(rows, "MOST", 10)
    crowd = many(40)
    crowd.attachment(State.STUCK, name="zz-last")

    page = read_page(render(crowd.facts()))

    assert 1 + 10 == len(page.all("tr"))
    assert "zz-last" in [it.text for it in page.all("bdi")]
    assert "The first 10 of 41 attachments" in page.text()


def _named(name: str) -> Facts:
    crowd = one()
    crowd.attachment(State.FAILED, name=name, detail=name)
    return crowd.facts(stack=name)


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
