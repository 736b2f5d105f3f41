"""Which interfaces are in a pool, and which are kept for somebody."""

import pytest

from dualhome.domain.pools import pool_of, reservation_of
from dualhome.domain.tags import TagKeys
from tests.support.builders import an_interface

KEYS = TagKeys()


@pytest.mark.parametrize("value", ["", " mgmt", "mgmt ", "mgmt data", "mgmt@1", "m/gmt", "m" * 33])
def test_a_pool_tag_that_names_no_target_is_no_pool(value: str) -> None:
    """Nobody can ask for it, or EC2's filter does not find it: it serves nobody."""
    assert pool_of(an_interface(pool=value), KEYS) is None
    assert "mgmt" == pool_of(an_interface(pool="mgmt"), KEYS)


@pytest.mark.parametrize(
    ("tags", "reserved"),
    [
        ({}, ""),
        ({"dualhome:reserved-for": " "}, ""),
        ({"dualhome:reserved-for": " db-1 "}, "db-1"),
    ],
)
def test_an_empty_reservation_is_for_anybody(tags: dict[str, str], reserved: str) -> None:
    """Somebody ended it by emptying the tag."""
    assert reserved == reservation_of(an_interface(tags=tags), KEYS)
