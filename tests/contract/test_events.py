"""Every sample event triggers the rules that it should: events/ against those of the template."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dualhome.adapters.dynamodb.items import audit_item, read_audit, wire
from dualhome.domain.attachment import AuditEntry
from tests.support.readers.event_patterns import InvalidPatternError, matches
from tests.support.readers.template import ROOT, resources

EVENTS: dict[str, Any] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in ROOT.glob("events/*.json")
}
BATCHES = {"publish-batch", "reconcile-batch"}
# Amazon EventBridge quotas: the size of an event pattern.
LONGEST_PATTERN = 2048
LONGEST_PREFIX = "p" * 31
# EventBridge User Guide, "Comparison operators".
OPERATORS = {
    "prefix",
    "suffix",
    "equals-ignore-case",
    "anything-but",
    "numeric",
    "cidr",
    "exists",
    "wildcard",
}

EXPECTED: dict[str, set[str]] = {
    "instance-running": {"InstanceStateRule"},
    "instance-stopped": {"InstanceStateRule"},
    "instance-shutting-down": {"InstanceStateRule"},
    "instance-terminated": {"InstanceStateRule"},
    "instance-pending": set(),  # running follows
    "instance-tag-added": {"InstanceTagsRule"},
    "instance-tag-changed": {"InstanceTagsRule"},
    "instance-tag-removed": {"InstanceTagsRule"},
    "instance-unrelated-tag": set(),
    "instance-status-tag-written": set(),  # by us: it must not trigger us
    "interface-status-tag-written": set(),
    "interface-pool-tag-added": {"InterfaceTagsRule"},
    "vpc-allow-from-changed": {"VpcTagsRule"},
    "vpc-allow-from-continued": {"VpcTagsRule"},
    "volume-tag": set(),
    "reconcile-request": set(),  # goes to the queue by itself
    "status-request": set(),  # goes to a queue of its own
}


def patterns(**parameters: str) -> dict[str, Any]:
    """Return the event pattern of each rule, by logical id."""
    return {
        name: rule["EventPattern"] for name, rule in resources("Events::Rule", **parameters).items()
    }


def rules_matching(event: dict[str, Any]) -> set[str]:
    """Return the rules that ``event`` triggers."""
    return {name for name, pattern in patterns().items() if matches(pattern, event)}


def operators(pattern: object) -> Iterator[str]:
    """Yield the names of the comparison operators in ``pattern``."""
    match pattern:
        case dict():
            for value in pattern.values():
                yield from operators(value)
        case list():
            for alternative in pattern:
                if isinstance(alternative, dict):
                    yield from alternative


def test_every_sample_event_has_an_expected_rule() -> None:
    """A new sample without an expectation would prove nothing."""
    assert EVENTS.keys() == EXPECTED.keys() | BATCHES


def test_a_sample_event_triggers_the_expected_rule_and_no_other() -> None:
    """Too few rules lose events, two for one event double the work; our own writes are silent."""
    assert {name: rules_matching(EVENTS[name]) for name in EXPECTED} == EXPECTED


def test_every_rule_has_a_sample_event() -> None:
    """A rule that no sample triggers may be one that nothing triggers."""
    assert set().union(*EXPECTED.values()) == patterns().keys()


def test_our_input_tags_are_the_only_ones_that_trigger_a_rule() -> None:
    """The design's list of tags, by kind of resource; each key alone is enough."""
    watched = {
        (kind, key): rules_matching(tag_change(kind, key))
        for kind in ("instance", "network-interface", "vpc")
        for key in (
            "targets",
            "ignore",
            "pool",
            "reserved-for",
            "target",
            "allow-from",
            "allow-from:2",
            "allow-from:",
            "allow-from-2",
            "allow",
            "device-index",
        )
    }

    assert {pair: rules for pair, rules in watched.items() if rules} == {
        ("instance", "targets"): {"InstanceTagsRule"},
        ("instance", "ignore"): {"InstanceTagsRule"},
        ("network-interface", "pool"): {"InterfaceTagsRule"},
        ("network-interface", "reserved-for"): {"InterfaceTagsRule"},
        ("vpc", "target"): {"VpcTagsRule"},
        ("vpc", "allow-from"): {"VpcTagsRule"},
        ("vpc", "allow-from:2"): {"VpcTagsRule"},
        ("vpc", "allow-from:"): {"VpcTagsRule"},
        ("vpc", "device-index"): {"VpcTagsRule"},
    }


def tag_change(kind: str, key: str) -> dict[str, Any]:
    """Return the sample tag event, made one about ``key`` on a resource of ``kind``."""
    sample = EVENTS["instance-tag-added"]
    detail = sample["detail"] | {"resource-type": kind, "changed-tag-keys": [f"dualhome:{key}"]}
    changed: dict[str, Any] = sample | {"detail": detail}
    return changed


def test_another_prefix_is_another_contract() -> None:
    """Two installations in one account must not act on each other's tags."""
    acme = patterns(TagPrefix="acme")["InstanceTagsRule"]

    assert not matches(acme, EVENTS["instance-tag-added"])


def test_a_pattern_fits_the_quota_with_the_longest_prefix() -> None:
    """A quota met at deployment is met too late."""
    for pattern in patterns(TagPrefix=LONGEST_PREFIX).values():
        assert len(json.dumps(pattern)) <= LONGEST_PATTERN


def test_patterns_use_operators_that_eventbridge_knows() -> None:
    """Some matchers take an unknown operator for "anything": the words themselves are checked."""
    assert {word for pattern in patterns().values() for word in operators(pattern)} <= OPERATORS
    assert list(operators({"detail": {"state": [{"bogus": "x"}]}})) == ["bogus"]


def test_the_matcher_refuses_an_operator_that_eventbridge_does_not_know() -> None:
    """The tests above rest on this matcher; a lenient one would make them worthless."""
    with pytest.raises(InvalidPatternError, match="bogus"):
        matches({"source": [{"bogus": "x"}]}, EVENTS["instance-running"])


def test_the_reconcile_batch_carries_what_our_rules_let_through_and_one_piece_of_garbage() -> None:
    """`make invoke` shows the function exactly what the queue would bring."""
    outcomes = []
    for record in EVENTS["reconcile-batch"]["Records"]:
        try:
            outcomes.append(rules_matching(json.loads(record["body"])))
        except json.JSONDecodeError:
            outcomes.append({"garbage"})

    assert outcomes == [
        {"InstanceStateRule"},
        {"InstanceTagsRule"},
        {"InstanceTagsRule"},  # the same event again
        {"InterfaceTagsRule"},
        set(),  # our own request
        {"garbage"},
    ]


def test_the_stream_brings_new_records_only() -> None:
    """Records that expire are removals; a removal is no move."""
    source = resources("Serverless::Function")["PublishChangesFunction"]["Events"]["Records"]
    (stream_filter,) = source["Properties"]["FilterCriteria"]["Filters"]
    pattern = json.loads(stream_filter["Pattern"])
    (first, *_) = records = EVENTS["publish-batch"]["Records"]

    assert all(matches(pattern, record) for record in records)
    assert not matches(pattern, first | {"eventName": "REMOVE"})


def test_the_publish_batch_is_what_the_ledger_writes() -> None:
    """The sample would drift from the table's items in silence."""
    images = [record["dynamodb"]["NewImage"] for record in EVENTS["publish-batch"]["Records"]]

    entries = [it for it in map(read_audit, images) if isinstance(it, AuditEntry)]
    assert images == [wire(audit_item(it, 0)) for it in entries]
