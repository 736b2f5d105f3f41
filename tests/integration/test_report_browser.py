"""The page in a real browser: it is searchable, it fits a phone, and nothing in it is blocked."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dualhome_cli.report.html import render
from tests.integration.browser import Browser, find_chromium, serving
from tests.support.builders.large_report import Crowd, many, one

pytestmark = pytest.mark.skipif(
    find_chromium() is None,
    reason="no Chromium: install one (Debian: apt-get install chromium), or name it in"
    " DUALHOME_CHROMIUM",
)

HOSTILE = "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of 1 and of 2,000 attachments."""
    folder = tmp_path_factory.mktemp("pages")
    for name, crowd in {"1": one(), "2000": many(2_000)}.items():
        (folder / f"{name}.html").write_text(render(crowd.facts()), "utf-8")
    return folder


@pytest.fixture(scope="module")
def browser(folder: Path) -> Iterator[Browser]:
    """Chromium, with the folder served on loopback."""
    with serving(folder) as address:
        yield Browser(address, folder / "profile")


@pytest.mark.parametrize("count", ["1", "2000"])
def test_a_browser_has_nothing_to_complain_about(browser: Browser, count: str) -> None:
    """No error of the script, nothing that the policy blocks."""
    seen = browser.open(f"{count}.html")

    assert [] == seen.console
    assert "<td" in seen.document


def test_a_complaint_would_be_seen(browser: Browser, folder: Path) -> None:
    """The check above can fail: a script and a style of others are blocked, and told of."""
    page = (folder / "1.html").read_text("utf-8")
    intruder = "<script>document.title = 'ran'</script><p style='color: red' id=p>x</p>"
    (folder / "bad.html").write_text(page.replace("</main>", f"{intruder}</main>"), "utf-8")

    seen = browser.open("bad.html")

    assert 2 == len([it for it in seen.console if "Content Security Policy" in it])
    assert "<title>ran</title>" not in seen.document


def test_a_name_of_markup_is_only_shown(browser: Browser, folder: Path) -> None:
    """The first thing that a reader would try."""
    crowd = Crowd()
    crowd.attachment(name=HOSTILE)
    (folder / "hostile.html").write_text(render(crowd.facts()), "utf-8")

    seen = browser.open("hostile.html")

    assert [] == seen.console
    assert "<title>dualhome: 111122223333 us-east-1</title>" in seen.document
    assert "<bdi>&lt;script&gt;document.title='ran'" in seen.document


def test_a_link_with_a_query_opens_the_page_searched(browser: Browser) -> None:
    """Such a link can be sent to a colleague."""
    seen = browser.open("2000.html#q=WEB-0558%20i-")

    assert [] == seen.console
    assert ">1 of 2000 attachments</output>" in seen.document
    assert 1_999 == seen.document.count('<tr hidden=""')


def test_a_broken_link_breaks_nothing(browser: Browser) -> None:
    """Mail programs cut links where they like."""
    seen = browser.open("1.html#q=%E0%A4")

    assert [] == seen.console
    assert ">0 of 1 attachments</output>" in seen.document


def test_address_interface_and_name_find_one_another_in_table_and_picture(
    browser: Browser, folder: Path
) -> None:
    """A packet capture shows addresses, the console interfaces."""
    page = (folder / "2000.html").read_text("utf-8")
    sign = re.compile(r"<title>(10\.20\.\d+\.\d+) (eni-\w+) · mgmt attached on (\S+) i-")
    address, interface, name = next(sign.finditer(page)).groups()

    found = browser.inside(
        "2000.html",
        f"""
        const box = page.getElementById('q'), told = [];
        for (const query of ['{address} mgmt attached', '{interface}', '{name}']) {{
          box.value = query;
          box.dispatchEvent(new Event('input'));
          told.push([
            ...page.querySelectorAll('tbody tr:not([hidden]), path.cell:not(.off)')
          ].map((it) => it.textContent));
        }}
        say(told);
        """,
    )

    for page in found:
        assert 3 == len([text for text in page if interface in text and name in text])
        assert all(address in text for text in page)
    assert [3, 3] == [len(page) for page in found[1:]]


def test_typing_searches_and_keeps_the_query_in_the_address(browser: Browser) -> None:
    """So that the address can be copied."""
    seen = browser.inside(
        "1.html",
        """
        const box = page.getElementById('q');
        box.value = 'nowhere';
        box.dispatchEvent(new Event('input'));
        say({hash: frame.contentWindow.location.hash, found: page.getElementById('found').value});
        """,
    )

    assert {"hash": "#q=nowhere", "found": "0 of 1 attachments"} == seen


def test_a_click_on_a_sign_finds_what_it_stands_for(browser: Browser) -> None:
    """Details on demand, where a sign has no room for a name."""
    seen = browser.inside(
        "2000.html",
        """
        const cell = page.querySelector('path.cell.stuck');
        cell.dispatchEvent(new MouseEvent('click', {bubbles: true}));
        const rows = page.querySelectorAll('tbody tr:not([hidden])');
        say({rows: rows.length, state: rows[0].querySelector('.state').textContent.trim()});
        """,
    )

    assert {"rows": 1, "state": "stuck"} == seen


@pytest.mark.parametrize("count", ["1", "2000"])
def test_nothing_is_wider_than_the_screen(browser: Browser, count: str) -> None:
    """On a phone one scrolls one way."""
    seen = browser.inside(
        f"{count}.html",
        """
        const widths = {};
        for (const width of [320, 390, 1280]) {
          frame.width = width;
          widths[width] = page.documentElement.scrollWidth;
        }
        say(widths);
        """,
    )

    assert {"320": 320, "390": 390, "1280": 1280} == seen


def test_2000_attachments_are_shown_about_as_fast_as_their_bare_table(browser: Browser) -> None:
    """Parsed, laid out and searched, against a table of the same texts without anything else."""
    shown, bare = browser.inside(
        "2000.html",
        """
        const timing = frame.contentWindow.performance.getEntriesByType('navigation')[0];
        const rows = [...page.querySelectorAll('tbody tr')].map(
          (row) => '<tr>' + [...row.cells].map((it) => `<td>${it.textContent}</td>`).join(''));
        let start = performance.now();
        frame.contentWindow.location.hash = '#q=web-1';
        page.body.getBoundingClientRect();
        const shown = timing.domContentLoadedEventEnd - timing.responseEnd
          + performance.now() - start;
        start = performance.now();
        page.body.innerHTML = `<table>${rows.join('')}</table>`;
        page.body.getBoundingClientRect();
        say([shown, performance.now() - start]);
        """,
    )

    assert shown < 10 * bare, (shown, bare)


def test_the_page_prints(browser: Browser, tmp_path: Path) -> None:
    """Chromium makes a PDF of it, of a page or two."""
    made = browser.print("1.html", tmp_path / "page.pdf")

    assert made.startswith(b"%PDF")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", made)) <= 3
