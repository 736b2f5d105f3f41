"""The command by which a VPC lets in others: as many tags as it takes, each within its length."""

import shlex

import pytest

from dualhome.domain.tags import MAX_VALUE, TagKeys, key_with_room, parse_consent
from dualhome_cli.ui.shell_commands import let_all_in, let_in
from tests.support.builders.values import MGMT_VPC, POLICY, a_vpc

KEYS = POLICY.keys
GUESTS = [f"vpc-{number:017x}" for number in range(30)]


def told(command: str) -> dict[str, str]:
    """Return the tags that the commands set."""
    words = (word.removeprefix("Key=") for word in shlex.split(command) if word[:4] == "Key=")
    parts = (word.partition(",Value=") for word in words)
    return {key: value for key, _, value in parts}


def test_more_vpcs_than_one_value_holds_go_into_several_tags() -> None:
    """Twelve ids fill one value; one that is full must not be looked for for ever."""
    vpc = a_vpc(allow_from="vpc-0e")

    tags = told(let_all_in(vpc, GUESTS, KEYS))

    assert parse_consent(KEYS, tags) == {"vpc-0e", *GUESTS}
    assert max(map(len, tags.values())) <= MAX_VALUE
    assert ["dualhome:allow-from", "dualhome:allow-from:2", "dualhome:allow-from:3"] == list(tags)


def test_one_guest_needs_one_command() -> None:
    """The ordinary case reads as one would write it."""
    command = let_in(a_vpc(allow_from="vpc-0e"), "vpc-0f", KEYS)

    assert f"aws ec2 create-tags --resources {MGMT_VPC} --tags" in command
    assert {"dualhome:allow-from": "vpc-0e vpc-0f"} == told(command)


def test_a_word_that_no_value_holds_is_an_error() -> None:
    """Not an endless search for a tag with room."""
    with pytest.raises(ValueError, match="256"):
        key_with_room(TagKeys(), {}, "v" * 257)
