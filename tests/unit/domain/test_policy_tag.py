"""The tag that says whether an instance's targets are one unit."""

import pytest

from dualhome.domain.errors import BadTagError
from dualhome.domain.tags import parse_policy


@pytest.mark.parametrize(("value", "unit"), [("all", True), (" all ", True), ("each", False)])
def test_a_policy_is_all_or_each(value: str, *, unit: bool) -> None:
    """Spaces do not matter, as in every tag."""
    assert unit == parse_policy("dualhome:policy", value)


@pytest.mark.parametrize("value", ["", "All", "any", "all each"])
def test_any_other_policy_is_malformed(value: str) -> None:
    """An empty one too: it says nothing."""
    with pytest.raises(BadTagError, match="expected all or each"):
        parse_policy("dualhome:policy", value)
