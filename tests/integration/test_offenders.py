"""A rule that is checked in a loop is checked of something, and its offenders are named."""

import pytest

from tests.support.offenders import offenders


def test_an_offender_is_named_with_what_is_not_true_of_it() -> None:
    """The line in the log is all that the author of the offender sees."""
    found = offenders({"even": 2, "odd": 3}, lambda n: {"is even": n % 2 == 0, "is small": n < 9})

    assert {"odd": ["is even"]} == found


@pytest.mark.parametrize("cases", [{}, {"silent": 1}])
def test_a_rule_that_checks_nothing_fails(cases: dict[str, int]) -> None:
    """A pattern that matches no file any more would hold for ever."""
    with pytest.raises(AssertionError, match="nothing"):
        offenders(cases, lambda _: {})
