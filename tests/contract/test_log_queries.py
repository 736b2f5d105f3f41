"""Saved queries ask for what the functions log, in the logs in which they log it."""

import re

from dualhome.domain.drift import Drift
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.contract.log_lines import logged
from tests.support.offenders import offenders
from tests.support.readers.template import Json, load_observability, of_kind, resources

QUERIES = of_kind(load_observability(), "Logs::QueryDefinition")
LINES = logged()
METRICS = {"Ec2Throttles", "Action"}
"""What a line that is a metric has; `test_dashboard.py` holds these names against the code."""

COMMANDS = {"fields", "filter", "stats", "sort", "limit"}
# CloudWatch Logs User Guide, "CloudWatch Logs Insights language query syntax".
WORDS = COMMANDS | {"and", "or", "in", "like", "as", "by", "desc", "count", "latest"}
TEXT = re.compile(r'"([^"]*)"')
OF_CLOUDWATCH = {"@timestamp", "@message"}


def code_of(query: Json) -> str:
    """Return a query without its comments."""
    return re.sub(r"^ *#.*\n", "", query["QueryString"], flags=re.MULTILINE)


def texts(query: Json, field: str) -> set[str]:
    """Return the texts that ``field`` is compared with."""
    compared = re.findall(rf'\b{field} (?:=|in|like) (\[[^\]]*\]|"[^"]*")', code_of(query))
    return {text for it in compared for text in TEXT.findall(it)}


def fields(query: Json) -> set[str]:
    """Return the names that a query uses and does not give."""
    code = TEXT.sub("", code_of(query))
    given = set(re.findall(r"\bas (\w+)", code))
    return set(re.findall(r"[@A-Za-z][\w.]*", code)) - WORDS - given


def keys(query: Json) -> set[str]:
    """Return the keys of the lines that a query lets through."""
    asked = texts(query, "message")
    return {key for message, of_it in LINES.items() for key in of_it if _asked(message, asked)}


def _asked(message: str, texts: set[str]) -> bool:
    return any(message == text or message.startswith(f"{text}:") for text in texts)


def test_there_is_a_query_for_each_question_that_people_ask() -> None:
    """Why not; what happened; what failed; what did EC2 say; what did the sweep find."""
    names = sorted(query["Name"] for query in QUERIES.values())

    assert [f"dualhome/{number} " for number in range(1, 6)] == [name[:11] for name in names]


def test_a_query_asks_for_messages_that_are_logged() -> None:
    """One that was reworded in the code would never be found again."""
    asked = {name: texts(query, "message") for name, query in QUERIES.items()}

    assert any(asked.values())
    assert [] == [
        (name, text)
        for name, found in asked.items()
        for text in found
        if not any(_asked(message, {text}) for message in LINES)
    ]


def test_a_query_names_keys_that_its_lines_have() -> None:
    """Logs Insights takes an unknown name, and shows an empty column."""

    def facts(query: Json) -> dict[str, bool]:
        known = keys(query) | METRICS | OF_CLOUDWATCH
        if texts(query, "reason"):
            known |= LINES["moved"]
        return {name: name.split(".")[0] in known for name in fields(query)}

    assert {} == offenders(QUERIES, facts)


def test_a_query_names_values_that_exist() -> None:
    """A state or a reason that does not exist is in no line."""

    def facts(query: Json) -> dict[str, bool]:
        drifts = {it.split(".")[1] for it in fields(query) if it.startswith("drifts.")}
        return {
            "states exist": texts(query, "after") <= set(State),
            "reasons exist": texts(query, "reason") <= set(Reason),
            "drifts exist": drifts <= set(Drift),
        }

    assert {} == offenders(QUERIES, facts)


def test_a_query_reads_log_groups_of_the_stack() -> None:
    """Logs Insights refuses a query on a group that does not exist."""
    known = resources("Logs::LogGroup").keys()

    def facts(query: Json) -> dict[str, bool]:
        groups = {name.removeprefix("${").removesuffix("}") for name in query["LogGroupNames"]}
        return {group: group in known for group in groups}

    assert {} == offenders(QUERIES, facts)


def test_each_line_of_a_query_begins_with_a_command_or_goes_on_with_one() -> None:
    """CloudFormation takes any text for a query."""

    def facts(query: Json) -> dict[str, bool]:
        commands = [it.split()[0] for it in code_of(query).split("|")]
        return {
            f"{commands} are known": set(commands) <= COMMANDS,
            "filters first": commands[0] == "filter",
            "has a limit": "limit" in commands,
            "closes its texts": code_of(query).count('"') % 2 == 0,
        }

    assert {} == offenders(QUERIES, facts)


def test_the_reader_of_log_calls_sees_them_all() -> None:
    """The tests above rest on it."""
    assert {"instance", "target", "before", "after", "reason", "interface"} <= LINES["moved"]
    assert {"instances", "drifts", "releases"} <= LINES["swept"]
    assert {
        "reconcile",
        "step",
        "capacity changed",
        "record failed; it will be redelivered",
    } <= LINES.keys()
