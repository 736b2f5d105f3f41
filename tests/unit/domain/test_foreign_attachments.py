"""What a sweep finds in the pools that dualhome did not attach."""

from dualhome.domain.drift import foreign_attachments
from tests.support.builders.values import INTERFACE, a_seen_attachment, an_interface

SEEN = a_seen_attachment()


def test_a_pool_interface_that_is_attached_without_a_record_is_foreign() -> None:
    """One that is free, and one that a record holds, are not."""
    pool = [
        an_interface("eni-01", attachment=SEEN),
        an_interface("eni-02", attachment=a_seen_attachment("eni-02", "i-02")),
        an_interface("eni-03"),
    ]

    found = list(foreign_attachments(pool, frozenset({INTERFACE})))

    assert [("eni-02", "i-02")] == found
