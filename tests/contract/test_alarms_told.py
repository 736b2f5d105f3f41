"""What an alarm says to do next is what the operators' manual says."""

import re

import pytest

from tests.support.readers.template import ROOT, Json, load_observability, of_kind

ALARMS = of_kind(load_observability(), "CloudWatch::Alarm")


def _told() -> list[tuple[str, list[str]]]:
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
    """Whoever is woken looks it up by its name."""
    names = [alarm["AlarmName"].removeprefix("dualhome-") for alarm in ALARMS.values()]

    assert sorted(names) == sorted(name for name, _ in _told())


@pytest.mark.parametrize("alarm", ALARMS.values(), ids=ALARMS)
def test_an_alarm_names_the_commands_of_its_row_in_the_manual(alarm: Json) -> None:
    """The message and the manual must not send somebody two ways at night."""
    commands = dict(_told())[alarm["AlarmName"].removeprefix("dualhome-")]
    _, _, following = alarm["AlarmDescription"].partition("Next: ")

    assert commands
    assert [] == [it for it in commands if it not in following]
    assert len(commands) == len(re.findall(r"dualhome [a-z]+", following))
    assert following.startswith(commands[0])
