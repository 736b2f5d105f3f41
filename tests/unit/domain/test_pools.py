"""Which interfaces are in a pool, and which are reserved."""

import pytest

from dualhome.domain.ec2 import pool_of, reservation_of, target_of
from dualhome.domain.tags import TagKeys
from tests.support.builders.values import DATA, MGMT, a_vpc, an_interface
from tests.support.builders.views import observed

KEYS = TagKeys()


@pytest.mark.parametrize("value", ["", " mgmt", "mgmt ", "mgmt data", "mgmt@1", "m/gmt", "m" * 33])
def test_a_pool_tag_that_names_no_target_is_no_pool(value: str) -> None:
    """No instance can ask for it, or EC2's filter does not find it: it serves none."""
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
    """An emptied tag ends it."""
    assert reserved == reservation_of(an_interface(tags=tags), KEYS)


@pytest.mark.parametrize(
    "value", [None, "", " ", "mgmt data", "mgmt,", "mgmt@1", "m/gmt", "m" * 33]
)
def test_a_vpc_serves_one_target_or_none(value: str | None) -> None:
    """Consent and preferred index are the VPC's: with two targets they would be both's."""
    assert target_of(a_vpc(target=value), KEYS) is None
    assert MGMT == target_of(a_vpc(target=" mgmt "), KEYS)


def test_what_a_malformed_tag_was_meant_for_is_known_by_its_words() -> None:
    """An instance that asks for one of them shows what is wrong."""
    for value in ("mgmt data", "mgmt;data", "mgmt@1,data@2", "mgmt"):
        assert MGMT in observed(a_vpc(target=value)).mentions
    assert DATA in observed(a_vpc(target="mgmt data")).mentions
    assert MGMT not in observed(a_vpc(target="mgmt-2 data")).mentions
    assert MGMT not in observed(a_vpc(target=None)).mentions
