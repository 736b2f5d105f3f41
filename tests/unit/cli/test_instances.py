"""Which instances are meant by a group or by tags, in EC2's own terms."""

from dualhome_cli.data.instances import filters


def test_a_group_and_tags_must_all_match() -> None:
    """EC2 joins the values of one filter by or, and filters by and."""
    assert {
        "tag:aws:autoscaling:groupName": ["web"],
        "tag:role": ["a", "b"],
        "tag:env": ["prod"],
    } == filters("web", ["role=a", "env=prod", "role=b"])


def test_a_value_may_hold_equals_signs_and_may_be_empty() -> None:
    """Only the first one separates: keys hold none as a rule, values do."""
    assert {"tag:query": ["a=b"], "tag:empty": [""]} == filters(None, ["query=a=b", "empty="])
