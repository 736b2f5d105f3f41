"""What an alarm says to do next is what the operators' manual says."""

import re

from tests.support.offenders import offenders
from tests.support.readers.template import ROOT, Json, load_observability, of_kind

ALARMS = of_kind(load_observability(), "CloudWatch::Alarm")


def _rows() -> list[tuple[str, list[str]]]:
    """Return each alarm of the manual's table with the commands that its row says."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    _, _, rest = page.partition("\n| Alarm `<stack>-…` | It means | Do |\n")
    rows = [line.split(" | ") for line in rest.partition("\n\n")[0].splitlines()[1:]]
    return [
        (name, re.findall(r"`(dualhome [^`]+)`", do))
        for names, _, do in rows
        for name in re.findall(r"`([a-z0-9-]+)`", names)
    ]


def test_the_manual_has_each_alarm_once() -> None:
    """The operator on call looks it up by its name."""
    names = [alarm["AlarmName"].removeprefix("dualhome-") for alarm in ALARMS.values()]

    assert sorted(names) == sorted(name for name, _ in _rows())


def test_an_alarm_names_the_commands_of_its_row_in_the_manual() -> None:
    """The message and the manual must not send the operator two ways at night."""
    rows = dict(_rows())

    def facts(alarm: Json) -> dict[str, object]:
        commands = rows[alarm["AlarmName"].removeprefix("dualhome-")]
        _, _, following = alarm["AlarmDescription"].partition("Next: ")
        return {
            "the manual has commands": commands,
            f"each of {commands} is named": all(one in following for one in commands),
            "no other is": len(commands) == len(re.findall(r"dualhome [a-z]+", following)),
            "the first comes first": following.startswith(tuple(commands[:1])),
        }

    assert {} == offenders(ALARMS, facts)
