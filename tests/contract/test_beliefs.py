"""The list of what is believed of AWS is complete, and fits the checkout."""

import json
import re
from collections import Counter

from live.beliefs import BELIEFS
from live.operators import may_pause
from live.probes.table import PROBES
from live.start.preflight import ACTIONS
from tests.support.readers.template import ROOT


def test_each_belief_has_an_id_of_its_own_in_kebab_case() -> None:
    """Reports of two runs are compared by it."""
    count = Counter(it.id for it in BELIEFS)

    assert BELIEFS
    assert [] == [name for name, times in count.items() if times > 1]
    assert [] == [name for name in count if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name)]


def test_each_belief_names_a_file_that_exists() -> None:
    """Who reads `refuted` opens it."""
    assert [] == [it.id for it in BELIEFS if not (ROOT / it.file).is_file()]


def test_each_belief_says_what_it_rests_on_and_what_is_right_without_it() -> None:
    """An empty word would be printed."""
    assert [] == [it.id for it in BELIEFS if not (it.statement and it.source and it.default)]


def test_each_belief_is_probed_or_says_what_a_probe_would_take() -> None:
    """One without a probe is printed with it; one with a probe takes nothing more."""
    by_id = {it.id: bool(it.needs) for it in BELIEFS}

    assert set() == set(PROBES) - by_id.keys()
    assert set(PROBES) == {name for name, needs_more in by_id.items() if not needs_more}


def test_the_document_names_each_permission_that_is_checked() -> None:
    """A run that is refused for one sends its reader there."""
    text = (ROOT / "docs/live.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z0-9]+)` \| (.+) \|$", text, re.MULTILINE))

    named = {f"{it}:{name}" for it, names in rows.items() for name in re.findall("`(.+?)`", names)}
    assert set(ACTIONS) == named


def test_the_operator_of_a_probe_has_the_documented_policy() -> None:
    """A pause that AWS permits to another policy says nothing of the one that is copied."""
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"## Permissions of an operator.+?```json\n(.+?)```", page, re.DOTALL)
    documented = {it["Sid"]: it for it in json.loads(text)["Statement"]}

    given = may_pause(lambda service, name: f"arn:aws:{service}:REGION:ACCOUNT:{name}", "dualhome")
    assert given
    assert [documented[it["Sid"]] for it in given] == list(given)
