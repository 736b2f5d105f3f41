"""What a sweep finds in the pools: interfaces that are somebody else's, tags that name no pool."""

import pytest

from dualhome.domain.drift import (
    pool_of,
    strangers,
)
from dualhome.domain.tags import TagKeys
from tests.support.builders import (
    INTERFACE,
    a_seen_attachment,
    an_interface,
)

KEYS = TagKeys()


SEEN = a_seen_attachment()


def test_a_pool_interface_that_is_attached_without_a_record_is_somebody_elses() -> None:
    """One that is free, and one that a record holds, are not."""
    pool = [
        an_interface("eni-01", attachment=SEEN),
        an_interface("eni-02", attachment=a_seen_attachment("eni-02", "i-02")),
        an_interface("eni-03"),
    ]

    found = list(strangers(pool, frozenset({INTERFACE})))

    assert [("eni-02", "i-02")] == found


@pytest.mark.parametrize("value", ["", " mgmt", "mgmt data", "mgmt@1", "m/gmt", "m" * 33])
def test_a_pool_tag_that_names_no_target_is_no_pool(value: str) -> None:
    """Nobody can ask for it: such an interface serves nobody."""
    assert pool_of(an_interface(pool=value), KEYS) is None
    assert "mgmt" == pool_of(an_interface(pool="mgmt"), KEYS)
