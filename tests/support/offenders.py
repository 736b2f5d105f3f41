"""A rule about every file, alarm or resource: one test checks all and names the offenders."""

from collections.abc import Callable, Mapping
from typing import TypeVar

T = TypeVar("T")


def offenders(
    cases: Mapping[str, T], facts: Callable[[T], Mapping[str, object]]
) -> dict[str, list[str]]:
    """
    Return each case of which one of its ``facts`` is not true, with the names of those.

    Raises:
        AssertionError: there are no cases, or a case has no facts; the rule would hold of nothing.
    """
    checked = {name: dict(facts(case)) for name, case in cases.items()}
    assert checked, "there is nothing to check"
    assert all(checked.values()), f"nothing is said of {[it for it in checked if not checked[it]]}"
    untrue = {
        name: [fact for fact, is_so in known.items() if not is_so]
        for name, known in checked.items()
    }
    return {name: found for name, found in untrue.items() if found}
