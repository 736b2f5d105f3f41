"""Where AWS documents nothing, the local EC2 can be switched to the opposite of what it does."""

import time
import urllib.error
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from localcloud.server.alternatives import Alternatives
from tests.integration.localcloud.alternatives import HOURS, setting, switch
from tests.integration.localcloud.cloud import ROOT, Lab, eventually, refusal, tag
from tests.integration.localcloud.inbox import Inbox

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import FilterTypeDef


def vpc_of(lab: Lab, subnet: str) -> str:
    """Return the VPC of a subnet."""
    return str(lab.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"])


def test_alternatives_are_all_off_until_switched_on(lab: Lab) -> None:
    """What a test sees without a word is what the local EC2 takes EC2 to do."""
    shown = lab.cloud.control("GET", "alternatives")

    assert shown
    assert not any(shown.values())
    changed = lab.cloud.control("PUT", "alternatives", {"hibernated_is_refused": True})
    assert changed == shown | {"hibernated_is_refused": True}


def test_the_page_of_the_local_cloud_names_each_alternative() -> None:
    """It is where a reader looks for the other world."""
    page = (ROOT / "tools" / "localcloud" / "README.md").read_text(encoding="utf-8")

    assert [] == [name for name in asdict(Alternatives()) if f"`{name}`" not in page]


@pytest.mark.parametrize("wrong", [{"stopped_is_kept": True}, {"hibernated_is_refused": 1}])
def test_an_unknown_alternative_is_refused(lab: Lab, wrong: dict[str, object]) -> None:
    """A misspelt switch would let a test pass in the wrong world."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        lab.cloud.control("PUT", "alternatives", wrong)
    with caught.value as reply:
        assert reply.status == 400


@pytest.mark.parametrize(
    ("alternative", "silent"),
    [
        ("interface_tags_raise_no_event", "network-interface"),
        ("vpc_tags_raise_no_event", "vpc"),
    ],
)
def test_tags_of_one_kind_of_resource_raise_no_event(
    lab: Lab, inbox: Inbox, alternative: str, silent: str
) -> None:
    """A pool or a VPC whose tags change may then be noticed by a sweep only."""
    subnet = lab.subnet()
    named = [lab.interface(subnet), vpc_of(lab, subnet), subnet]
    lab.ec2.create_tags(Resources=named, Tags=[tag("a")])
    kinds = {detail["resource-type"] for detail in inbox.details(3)}
    switch(lab, alternative)

    lab.ec2.create_tags(Resources=named, Tags=[tag("b")])

    later = {detail["resource-type"] for detail in inbox.details(5)[3:]}
    assert later == kinds - {silent} == {"network-interface", "vpc", "subnet"} - {silent}


def test_a_tag_that_does_not_change_may_raise_an_event(lab: Lab, inbox: Inbox) -> None:
    """A program that writes its status again would then wake itself up."""
    interface, tags = lab.interface(lab.subnet()), [tag("a")]
    for _ in range(2):
        lab.ec2.create_tags(Resources=[interface], Tags=tags)
    switch(lab, "unchanged_tags_raise_events")

    lab.ec2.create_tags(Resources=[interface], Tags=tags)

    assert [("a", 1), ("a", 2)] == [
        (*detail["changed-tag-keys"], detail["version"]) for detail in inbox.details(2)
    ]


def test_each_key_may_have_an_event_of_its_own(lab: Lab, inbox: Inbox) -> None:
    """One call, several events: a program that counts them is wrong."""
    interface, tags = lab.interface(lab.subnet()), [tag("a"), tag("b")]
    lab.ec2.create_tags(Resources=[interface], Tags=tags)
    inbox.wait_for(1)
    switch(lab, "each_key_has_its_tag_event")

    lab.ec2.delete_tags(Resources=[interface])

    assert [["a", "b"], ["a"], ["b"]] == [detail["changed-tag-keys"] for detail in inbox.details(3)]


def test_tag_events_may_have_a_field_that_is_unknown(lab: Lab, inbox: Inbox) -> None:
    """A parser that takes known fields only would fail."""
    interface = lab.interface(lab.subnet())
    lab.ec2.create_tags(Resources=[interface], Tags=[tag("a")])
    switch(lab, "tag_events_have_a_version_vector")

    lab.ec2.create_tags(Resources=[interface], Tags=[tag("b")])

    known, more = inbox.details(2)
    assert more.keys() - known.keys() == {"version-vector"}


def test_a_tag_event_may_come_late(lab: Lab, inbox: Inbox) -> None:
    """Its tags are those at the time of the change."""
    early, late = lab.interface(lab.subnet()), lab.interface(lab.subnet())
    setting(lab, tag_event_seconds=0.3)
    lab.ec2.create_tags(Resources=[late], Tags=[tag("a")])
    setting(lab, tag_event_seconds=0)
    lab.ec2.create_tags(Resources=[early], Tags=[tag("b")])

    events = inbox.wait_for(2)

    assert [early, late] == [event["resources"][0].rpartition("/")[2] for event in events]
    assert [{"b": "1"}, {"a": "1"}] == [event["detail"]["tags"] for event in events]


def test_a_tag_that_is_too_long_may_be_refused_with_another_code(lab: Lab) -> None:
    """A program that writes statuses must not be stopped by one."""
    interface, long = lab.interface(lab.subnet()), [tag("a", 257 * "x")]

    def code() -> str:
        return refusal(lab.ec2.create_tags, Resources=[interface], Tags=long)[0]

    assert code() == "InvalidParameterValue"
    switch(lab, "long_tag_is_an_unsupported_operation")
    assert code() == "UnsupportedOperation"


def test_filters_may_have_any_number_of_values(lab: Lab) -> None:
    """Without the switch there are 200 at most."""
    call, many = lab.ec2.describe_vpcs, [f"vpc-{n:017x}" for n in range(201)]
    filters: list[FilterTypeDef] = [{"Name": "vpc-id", "Values": many}]
    assert refusal(call, Filters=filters)[0] == "FilterLimitExceeded"

    switch(lab, "filter_values_have_no_limit")

    assert call(Filters=filters)["Vpcs"] == []


def test_a_client_token_may_end_with_its_interface(lab: Lab) -> None:
    """By default the reply goes on naming what was deleted."""
    subnet = lab.subnet()
    first = lab.interface(subnet, ClientToken="once")
    switch(lab, "token_of_deleted_creates_anew")
    assert lab.interface(subnet, ClientToken="once") == first
    lab.ec2.delete_network_interface(NetworkInterfaceId=first)

    second = lab.interface(subnet, ClientToken="once")

    assert second != first
    assert lab.status(second) == ("available", None)


def test_groups_may_be_required(lab: Lab) -> None:
    """Without the switch an interface gets the default group of its VPC."""
    subnet = lab.subnet()
    [group] = lab.shown(lab.interface(subnet))["Groups"]
    assert group["GroupName"] == "default"
    switch(lab, "groups_are_required")

    code, _ = refusal(lab.ec2.create_network_interface, SubnetId=subnet)

    assert code == "MissingParameter"
    assert lab.interface(subnet, Groups=[group["GroupId"]])


def test_a_group_of_another_vpc_may_be_refused_with_another_code(lab: Lab) -> None:
    """InvalidGroup.NotFound would be worth a retry, were the group new."""
    subnet, other = lab.subnet(), lab.subnet(cidr="10.1.0.0/20")
    [group] = lab.shown(lab.interface(other))["Groups"]

    def code() -> str:
        call = lab.ec2.create_network_interface
        return refusal(call, SubnetId=subnet, Groups=[group["GroupId"]])[0]

    assert code() == "InvalidGroup.NotFound"
    switch(lab, "foreign_group_is_an_invalid_parameter")
    assert code() == "InvalidParameterValue"


def test_a_bad_page_token_may_be_refused_with_another_text(lab: Lab) -> None:
    """A list whose page has expired begins anew; one that is broken fails."""
    call = lab.ec2.describe_network_interfaces
    assert refusal(call, MaxResults=5, NextToken="x")[0] == "InvalidPaginationToken"
    switch(lab, "bad_page_token_has_another_text")

    assert refusal(call, MaxResults=5, NextToken="x") == (
        "InvalidParameterValue",
        "That page is unknown.",
    )


def test_a_read_by_id_may_lag(lab: Lab) -> None:
    """Here it does not, even while lists do."""
    interface = lab.interface(lab.subnet())
    setting(lab, read_lag_seconds=HOURS)
    lab.ec2.create_tags(Resources=[interface], Tags=[tag("a")])
    assert lab.shown(interface)["TagSet"] == [tag("a")]

    switch(lab, "reads_by_id_lag")

    assert lab.shown(interface)["TagSet"] == []


def test_describe_tags_may_lag(lab: Lab) -> None:
    """Then it shows for a while what was before the last change."""
    interface = lab.interface(lab.subnet())
    switch(lab, "tag_reads_lag")
    setting(lab, read_lag_seconds=0.5)
    began = time.monotonic()
    lab.ec2.create_tags(Resources=[interface], Tags=[tag("a")])

    def shown() -> list[str]:
        found = lab.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [interface]}])
        return [one["Key"] for one in found["Tags"]]

    assert eventually(lambda: shown() == ["a"])
    assert time.monotonic() - began >= 0.5
