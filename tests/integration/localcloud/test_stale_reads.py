"""Lists that lag, drop tags and leave resources out: by chance, with a seed. Ids tell the truth."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.integration.localcloud.cloud import Lab, eventually, tag

LONG = 600.0
"""Seconds to lag: whatever a test has just done, most lists do not show yet."""

LISTS = 30
"""So many, and chance has its way."""

Picture = Any


def listed(lab: Lab, *filters: Any) -> dict[str, Picture]:
    """Return what DescribeInstances lists, by id."""
    groups = lab.ec2.describe_instances(Filters=list(filters))["Reservations"]
    return {one["InstanceId"]: one for group in groups for one in group["Instances"]}


def listed_interfaces(lab: Lab, *filters: Any) -> dict[str, Picture]:
    """Return what DescribeNetworkInterfaces lists, by id."""
    found = lab.ec2.describe_network_interfaces(Filters=list(filters))["NetworkInterfaces"]
    return {one["NetworkInterfaceId"]: one for one in found}


def listed_vpcs(lab: Lab, *filters: Any) -> dict[str, Picture]:
    """Return what DescribeVpcs lists, by id."""
    return {one["VpcId"]: one for one in lab.ec2.describe_vpcs(Filters=list(filters))["Vpcs"]}


def where(name: str, *values: str) -> dict[str, Any]:
    """Return a filter."""
    return {"Name": name, "Values": list(values)}


def tags_of(lab: Lab, resource: str) -> dict[str, str]:
    """Return what DescribeTags shows."""
    found = lab.ec2.describe_tags(Filters=[where("resource-id", resource)])["Tags"]  # type: ignore[list-item]
    return {one["Key"]: one["Value"] for one in found}


def settings(lab: Lab, **changes: float) -> None:
    """Change settings."""
    lab.cloud.control("PUT", "settings", changes)


def counts(lab: Lab) -> Counter[str]:
    """Return what lists have kept from their callers so far."""
    reads = lab.cloud.control("GET", "stale-reads")
    return Counter({name: reads[name] for name in ("lagged", "tags_dropped", "resources_omitted")})


@pytest.fixture
def crowd(lab: Lab) -> Mapping[str, str]:
    """An instance, an interface attached to it, and its VPC, all tagged."""
    instance, interface = lab.pair()
    vpc = lab.shown(interface)["VpcId"]
    lab.attach(instance, interface)
    lab.ec2.create_tags(Resources=[instance, interface, vpc], Tags=[tag("a"), tag("b")])
    return {"instance": instance, "interface": interface, "vpc": vpc}


LISTINGS: Mapping[str, Callable[..., dict[str, Picture]]] = {
    "instance": listed,
    "interface": listed_interfaces,
    "vpc": listed_vpcs,
}
ID_FILTERS = {"instance": "instance-id", "interface": "network-interface-id", "vpc": "vpc-id"}
EACH = pytest.mark.parametrize("kind", LISTINGS)


def shown_by_id(lab: Lab, kind: str, resource: str) -> Picture:
    """Return what Describe shows of one resource that is asked for by its id."""
    match kind:
        case "instance":
            return lab.shown_instance(resource)
        case "interface":
            return lab.shown(resource)
        case _:
            return lab.ec2.describe_vpcs(VpcIds=[resource])["Vpcs"][0]


def tags_in(picture: Picture) -> set[str]:
    """Return the tag keys in a picture; instances and VPCs have ``Tags``, interfaces ``TagSet``."""
    return {one["Key"] for one in picture.get("Tags", picture.get("TagSet", []))}


@EACH
def test_nothing_is_stale_unless_it_is_ordered(
    lab: Lab, crowd: Mapping[str, str], kind: str
) -> None:
    """All other tests rely on that."""
    before = counts(lab)

    seen = [tags_in(LISTINGS[kind](lab)[crowd[kind]]) for _ in range(LISTS)]

    assert [{"a", "b"}] * LISTS == seen
    assert before == counts(lab)


@EACH
def test_a_list_drops_all_tags_of_a_resource_or_none(
    lab: Lab, crowd: Mapping[str, str], kind: str
) -> None:
    """EC2 User Guide: describing several resources may not return all tags; one by id does."""
    settings(lab, drop_tags=0.5)
    before = counts(lab)
    wanted = where(ID_FILTERS[kind], crowd[kind])

    seen = [tags_in(LISTINGS[kind](lab, wanted)[crowd[kind]]) for _ in range(LISTS)]
    by_id = [tags_in(shown_by_id(lab, kind, crowd[kind])) for _ in range(LISTS)]

    assert {frozenset(), frozenset({"a", "b"})} == {frozenset(one) for one in seen}
    assert Counter(tags_dropped=seen.count(set())) == counts(lab) - before
    assert [{"a", "b"}] * LISTS == by_id
    assert {"a", "b"} == tags_of(lab, crowd[kind]).keys()


@EACH
def test_a_resource_without_its_tags_is_not_found_by_them(
    lab: Lab, crowd: Mapping[str, str], kind: str
) -> None:
    """So that a list by tag loses it, as it would on AWS."""
    settings(lab, drop_tags=1)

    assert {} == LISTINGS[kind](lab, where("tag-key", "a"))
    assert crowd[kind] in LISTINGS[kind](lab)


@EACH
def test_a_list_leaves_resources_out(lab: Lab, crowd: Mapping[str, str], kind: str) -> None:
    """A VPC that is missing from one list has not gone."""
    settings(lab, omit_resources=0.5)
    before = counts(lab)
    wanted = where(ID_FILTERS[kind], crowd[kind])

    seen = [crowd[kind] in LISTINGS[kind](lab, wanted) for _ in range(LISTS)]

    assert {True, False} == set(seen)
    assert Counter(resources_omitted=seen.count(False)) == counts(lab) - before
    assert shown_by_id(lab, kind, crowd[kind])


def test_a_seed_decides_what_is_dropped(lab: Lab, crowd: Mapping[str, str]) -> None:
    """A failure that chance has found can be looked for again."""
    settings(lab, drop_tags=0.5)

    def play(seed: int) -> list[set[str]]:
        settings(lab, lag_seed=seed)
        return [tags_in(listed(lab)[crowd["instance"]]) for _ in range(LISTS)]

    first = play(7)

    assert first == play(7)
    assert first != play(8)


@EACH
def test_a_list_shows_tags_as_they_were(lab: Lab, crowd: Mapping[str, str], kind: str) -> None:
    """Yesterday's tags, not none; and filters go by what is shown."""
    settings(lab, read_lag_seconds=LONG)
    before = counts(lab)
    lab.ec2.delete_tags(Resources=[crowd[kind]], Tags=[{"Key": "a"}])
    lab.ec2.create_tags(Resources=[crowd[kind]], Tags=[tag("c")])

    seen = [tags_in(LISTINGS[kind](lab)[crowd[kind]]) for _ in range(LISTS)]
    old = [crowd[kind] in LISTINGS[kind](lab, where("tag-key", "a")) for _ in range(LISTS)]

    assert {"a", "b"} in seen
    assert True in old
    late = sum(one != {"b", "c"} for one in seen) + old.count(True)
    assert Counter(lagged=late) == counts(lab) - before
    assert {"b", "c"} == tags_in(shown_by_id(lab, kind, crowd[kind]))
    assert {"b", "c"} == tags_of(lab, crowd[kind]).keys()


def test_a_list_does_not_show_what_is_new(lab: Lab) -> None:
    """A client that lists right after creating finds nothing, and must not create again."""
    subnet = lab.subnet()
    settings(lab, read_lag_seconds=LONG)
    instance, interface = lab.instance(subnet), lab.interface(subnet)
    vpc = lab.ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    made = {"instance": instance, "interface": interface, "vpc": vpc}

    for kind, resource in made.items():
        seen = [resource in LISTINGS[kind](lab) for _ in range(LISTS)]
        assert False in seen, kind
        assert shown_by_id(lab, kind, resource)


def test_a_list_still_shows_what_is_deleted(lab: Lab) -> None:
    """With the state and the tags that it had; by id it is unknown."""
    interface = lab.interface(lab.subnet())
    lab.ec2.create_tags(Resources=[interface], Tags=[tag("a")])
    settings(lab, read_lag_seconds=LONG)
    lab.ec2.delete_network_interface(NetworkInterfaceId=interface)

    seen = [listed_interfaces(lab).get(interface) for _ in range(LISTS)]

    assert [("available", {"a"})] * sum(map(bool, seen)) == [
        (one["Status"], tags_in(one)) for one in seen if one
    ]
    assert any(seen)


def test_each_kind_of_list_lags_by_a_time_of_its_own(lab: Lab) -> None:
    """An interface may look free while its instance shows it, and the other way round."""
    instance, interface = lab.pair()
    settings(lab, read_lag_seconds=LONG)
    lab.attach(instance, interface)
    attached, seen = time.monotonic(), set()

    for _ in range(2 * LISTS):
        # Each list is then as likely to be from before the attach as from after it.
        settings(lab, read_lag_seconds=2 * (time.monotonic() - attached))
        shown = listed(lab)[instance]["NetworkInterfaces"]
        on_instance = interface in [one["NetworkInterfaceId"] for one in shown]
        seen.add((on_instance, listed_interfaces(lab)[interface]["Status"] == "in-use"))

    assert {(a, b) for a in (True, False) for b in (True, False)} == seen
    assert ("in-use", "attached") == lab.status(interface)


def test_a_list_may_show_an_attach_that_is_over_as_under_way(lab: Lab) -> None:
    """Time alone has ended it: no call has come since."""
    instance, interface = lab.pair()
    settings(lab, read_lag_seconds=LONG, attach_seconds=2)
    lab.attach(instance, interface)
    attached = time.monotonic()
    assert eventually(lambda: lab.status(interface) == ("in-use", "attached"))

    statuses, on_instance = set(), set()
    for _ in range(2 * LISTS):
        settings(lab, read_lag_seconds=2 * (time.monotonic() - attached))
        statuses.add(listed_interfaces(lab)[interface].get("Attachment", {}).get("Status"))
        shown = listed(lab)[instance]["NetworkInterfaces"]
        on_instance |= {one["Attachment"]["Status"] for one in shown}

    assert {None, "attaching", "attached"} == statuses
    assert {"attaching", "attached"} == on_instance
    assert ("in-use", "attached") == lab.status(interface)


@pytest.mark.parametrize(
    "changes", [{"drop_tags": 1.1}, {"omit_resources": 2}, {"read_lag_seconds": -1}]
)
def test_a_probability_is_at_most_one(lab: Lab, changes: dict[str, float]) -> None:
    """A percentage must not look like one."""
    with pytest.raises(HTTPError) as caught:
        settings(lab, **changes)

    with caught.value as answer:
        assert answer.status == 400
