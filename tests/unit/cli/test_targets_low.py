"""When a pool is low, and for whom."""

import pytest

from tests.support.builders.accounts import an_account_of, only_pool
from tests.support.builders.values import a_vpc, an_instance, an_interface

DB_1 = {"dualhome:reserved-for": "db-1"}


@pytest.mark.parametrize(("low_water", "low"), [(0, False), (2, False), (3, True)])
def test_a_pool_is_low_when_fewer_are_free_than_the_low_water(*, low_water: int, low: bool) -> None:
    """Two free and two to be kept is fine: the warning comes with the next launch."""
    pool = only_pool(an_account_of(an_instance(), an_interface("eni-01"), an_interface("eni-02")))

    assert low is pool.is_low(low_water)


def test_a_pool_is_low_though_nobody_asks_for_it() -> None:
    """The alarm counts it: it does not know who asks."""
    assert only_pool(an_account_of(an_interface(status="in-use"))).is_low(5)


@pytest.mark.parametrize("status", ["available", "in-use"])
def test_a_pool_in_which_all_is_reserved_is_never_low(status: str) -> None:
    """It would be for ever, whatever is added for those it is kept for."""
    kept = an_interface(tags=DB_1, status=status)

    assert not only_pool(an_account_of(an_instance(), kept)).is_low(5)
    assert only_pool(an_account_of(kept, an_interface("eni-02", status="in-use"))).is_low(5)


def test_an_instance_in_a_zone_without_interfaces_finds_a_low_pool() -> None:
    """There it is only this count that tells."""
    assert only_pool(an_account_of(an_instance(), vpcs=[a_vpc()])).is_low(1)
