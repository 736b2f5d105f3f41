"""The page as HTML, everything escaped, and its file, written whole or not at all."""

import re
from base64 import b64encode
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from secrets import token_hex
from stat import S_IMODE
from typing import Any

import click
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from dualhome_cli.data.pauses import print_effect
from dualhome_cli.data.unrecorded import unrecorded
from dualhome_cli.report.attention import groups_of
from dualhome_cli.report.charts import bar_of, moves_chart, seconds_of, times_chart
from dualhome_cli.report.data import Facts
from dualhome_cli.report.layout import BOX, ROW_WIDTH, WIDTH, drawing_of
from dualhome_cli.report.marks import OF_STATE, SHAPES, Mark
from dualhome_cli.report.picture import panels_of
from dualhome_cli.report.rows import Line, lines_of
from dualhome_cli.report.statistics import Outcome
from dualhome_cli.report.text import count_of, name_of
from dualhome_cli.ui.terminal import printable
from dualhome_cli.ui.times import print_age

COUNTED = (Mark.ATTACHED, Mark.MOVING, Mark.WAITING, Mark.REFUSED, Mark.FAILED, Mark.STUCK)
LEGEND = (*COUNTED, Mark.FREE, Mark.RESERVED, Mark.UNUSABLE, Mark.IDLE)
_CODE = re.compile(r"`([^`]*)`")


def render(facts: Facts) -> str:
    """Return the page."""
    style, script = _part("page.css"), _part("page.js")
    lines = lines_of(facts)
    return (
        _environment()
        .get_template("page.html")
        .render(
            policy=_policy(style, script),
            style=style,
            script=script,
            title=f"dualhome: {facts.account.policy.account} {facts.region}",
            facts=facts,
            paused=print_effect(facts.account.policy.pause),
            figures=_figures(facts),
            groups=groups_of(facts),
            unrecorded=_unrecorded(facts),
            drawings=[drawing_of(panel) for panel in panels_of(facts)],
            marks=LEGEND,
            pools=[
                (target, [bar_of(pool) for pool in pools])
                for target, pools in groupby(facts.pools, key=lambda pool: pool.target)
            ],
            outcomes=tuple(Outcome),
            totals=sum((hour.outcomes for hour in facts.day.hours), Counter[Outcome]()),
            moves=moves_chart(facts.day),
            times=times_chart(facts.day),
            lines=lines,
            caption=_caption(facts, lines),
        )
    )


def _policy(style: str, script: str) -> str:
    """Let nothing load; let run what has these hashes (Content Security Policy Level 3)."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)};"
        " base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _unrecorded(facts: Facts) -> list[tuple[str, str]]:
    """Return id and name of each instance with a target that is not recorded."""
    instances = facts.account.instances
    return [(id_, name_of(instances[id_])) for id_ in unrecorded(facts.account)]


def _figures(facts: Facts) -> list[tuple[Mark, int]]:
    counts = Counter(OF_STATE[it.state] for it in facts.rows)
    return [(mark, counts[mark]) for mark in COUNTED]


def _caption(facts: Facts, lines: tuple[Line, ...]) -> str:
    every = count_of(len(facts.rows), "attachment", "attachments")
    if len(lines) == len(facts.rows):
        return f"{every}; what needs attention comes first."
    first = f"The first {len(lines):,} of {every}, what needs attention before the rest"
    return f"{first}; dualhome status lists all."


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("dualhome_cli.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_fit_to_show,
    )
    environment.globals |= {
        "shapes": SHAPES,
        "width": WIDTH,
        "box_width": BOX,
        "row_width": ROW_WIDTH,
    }
    environment.filters |= {
        "advice": _advice,
        "age": print_age,
        "kind": lambda it: str(it).replace(" ", "-"),
        "num": lambda it: f"{it:.2f}".rstrip("0").rstrip("."),
        "seconds": seconds_of,
        "time": _time,
    }
    return environment


def _fit_to_show(value: Any) -> Any:  # noqa: ANN401 - whatever a template shows
    """Take out what moves a cursor or turns the direction of writing; escaping comes after this."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _advice(text: str) -> Markup:
    """Return a sentence of ours, with what is between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped just here


def _time(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _part(name: str) -> Markup:
    """Return a file of the page as it is: it is ours."""
    return Markup(files("dualhome_cli.report").joinpath("page", name).read_text("utf-8"))  # noqa: S704


def write_page(file: str, page: str) -> None:
    """
    Write ``page`` to ``file``; ``-`` is standard output.

    What is no regular file, such as a pipe or /dev/null, is written to as it is.

    Raises:
        OSError: nothing was changed, unless it is no regular file.
    """
    path = Path(file)
    if file == "-":
        with click.open_file(file, "w", encoding="utf-8") as opened:
            opened.write(page)
    elif path.exists() and not path.is_file():
        path.write_text(page, encoding="utf-8")
    else:
        _replace(path.resolve(), page)


def _replace(path: Path, page: str) -> None:
    """Write beside ``path``, then replace it: no reader ever finds half a page."""
    beside = path.with_name(f".dualhome-{token_hex(8)}")
    with beside.open("x", encoding="utf-8") as opened:
        try:
            opened.write(page)
            opened.flush()
            if path.exists():
                beside.chmod(S_IMODE(path.stat().st_mode))
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
