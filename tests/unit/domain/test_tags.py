"""The grammar of the tags that people write."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dualhome.domain.errors import BadTagError
from dualhome.domain.tags import (
    ANY_VPC,
    MAX_VALUE,
    WHOLE_TAG,
    TagKeys,
    Wanted,
    key_with_room,
    names_in,
    parse_allow_from,
    parse_consent,
    parse_device_index,
    parse_target,
    parse_targets,
    print_targets,
    value_with,
)
from tests.support.builders.hostile_text import HOSTILE
from tests.support.builders.values import DATA, MGMT
from tests.unit.domain.strategies import INDEXES, NAMES, QUICK, wanted_targets

KEY = "dualhome:targets"
SEPARATORS = st.text(" ,\t\n", min_size=1, max_size=3)
VPC_IDS = st.text("0123456789abcdef", min_size=1, max_size=17).map("vpc-{}".format)
LEGAL_INDEXES = {str(index) for index in range(1, 1000)}

MALFORMED = {
    "a device index of 0, which is the primary's": ("mgmt@0", "INDEX: 1 to 999"),
    "a negative index": ("mgmt@-1", "INDEX: 1 to 999"),
    "a leading zero": ("mgmt@01", "INDEX: 1 to 999"),
    "an index in other digits than 0 to 9": ("mgmt@\N{ARABIC-INDIC DIGIT TWO}", "INDEX"),
    "an index that no instance has": ("mgmt@1000", "INDEX"),
    "no index after the sign": ("mgmt@", "NAME@INDEX"),
    "no name before the sign": ("@1", "NAME@INDEX"),
    "two indexes": ("mgmt@1@2", "NAME@INDEX"),
    "an emoji": ("\N{SNAKE}", "1 to 32 of A-Z a-z 0-9 . _ -"),
    "a name of 33 characters": ("m" * 33, "1 to 32 of A-Z a-z 0-9 . _ -"),
    "another separator": ("mgmt;data", "NAME or NAME@INDEX"),
    "what stands for the whole tag": (WHOLE_TAG, "NAME or NAME@INDEX"),
    "300 characters": (", ".join(["mgmt"] * 50), "at most 256 characters"),
    "a target twice": ("mgmt data mgmt", "each target once, but mgmt stands twice"),
    "a target pinned and not": ("mgmt mgmt@2", "each target once, but mgmt stands twice"),
    "two targets on one index": ("mgmt@1 data@1", "each device index once, but 1 is pinned twice"),
}


@QUICK
@given(wanted_targets())
def test_targets_that_are_printed_are_read_back_as_they_were(wanted: tuple[Wanted, ...]) -> None:
    """What we show people can be pasted into the tag."""
    assert wanted == parse_targets(KEY, print_targets(wanted))


@QUICK
@given(wanted_targets(), st.data())
def test_any_mixture_of_spaces_and_commas_separates_targets(
    wanted: tuple[Wanted, ...], data: st.DataObject
) -> None:
    """People write lists in both ways, and line breaks slip in."""
    value = "".join(f"{want}{data.draw(SEPARATORS)}" for want in wanted[:5])

    assert wanted[:5] == parse_targets(KEY, value)


def test_a_value_as_long_as_a_tag_can_be_is_read() -> None:
    """The limit is EC2's, not ours."""
    value = " ".join(f"{number:031}" for number in range(8)) + " "

    assert len(value) == MAX_VALUE
    assert len(parse_targets(KEY, value)) == 8


@pytest.mark.parametrize("value", ["", " ", ",", " ,, "])
def test_an_empty_value_wants_nothing(value: str) -> None:
    """Emptying the tag is as good as removing it, and no mistake."""
    assert () == parse_targets(KEY, value)


@pytest.mark.parametrize(("value", "expected"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_value_is_refused_with_key_value_and_expectation(
    value: str, expected: str
) -> None:
    """The author of the tag finds in the record what to correct."""
    with pytest.raises(BadTagError) as caught:
        parse_targets(KEY, value)

    assert caught.value.message.startswith(f"{KEY}={value!r}: expected ")
    assert expected in caught.value.message


@QUICK
@given(st.text(HOSTILE, max_size=300) | st.text("mgat@012 ,*-", max_size=20))
@example("mgmt@1000")
def test_any_text_is_read_or_refused_and_nothing_else(value: str) -> None:
    """No tag can break a pass; and what is read can be printed and read."""
    try:
        wanted = parse_targets(KEY, value)
    except BadTagError:
        return
    assert wanted == parse_targets(KEY, print_targets(wanted))


@QUICK
@given(NAMES)
def test_no_legal_target_is_taken_for_the_whole_tag(name: str) -> None:
    """The record of a malformed tag stands beside the targets' records, not in place of one."""
    (want,) = parse_targets(KEY, name)

    assert want.target != WHOLE_TAG


def test_targets_keep_the_order_in_which_they_are_written() -> None:
    """The first to be written is the first to get a slot."""
    assert (Wanted(DATA, 2), Wanted(MGMT)) == parse_targets(KEY, "data@2,mgmt")


@QUICK
@given(st.sets(VPC_IDS | st.just(ANY_VPC)))
def test_consent_names_vpcs_or_every_vpc(allowed: set[str]) -> None:
    """The grammar of consent is the list of VPC ids that the console shows, or a star."""
    assert allowed == parse_allow_from("allow", " ".join(sorted(allowed)))


@pytest.mark.parametrize("value", ["vpc-0A", "vpc-", "*vpc-0a", "vpc-0a;vpc-0b", "10.0.0.0/8"])
def test_consent_that_names_something_else_is_refused(value: str) -> None:
    """A typing error must not pass for consent to none, which looks like a decision."""
    with pytest.raises(BadTagError) as caught:
        parse_allow_from("allow", value)

    assert caught.value.message.startswith(f"allow={value!r}: expected VPC ids or *")


@QUICK
@given(st.text(HOSTILE, max_size=30) | st.text("vpc-0a* ,", max_size=12))
def test_any_text_is_read_as_consent_or_refused(value: str) -> None:
    """No tag of a VPC can break a pass over another owner's instance."""
    try:
        allowed = parse_allow_from("allow", value)
    except BadTagError:
        return
    assert all(it == ANY_VPC or it.startswith("vpc-") for it in allowed)


@QUICK
@given(st.lists(VPC_IDS, max_size=60))
def test_a_list_that_is_written_as_we_say_is_read_whole(vpcs: list[str]) -> None:
    """However many VPCs join one after the other, each tag's value is one that EC2 takes."""
    keys, tags = TagKeys(), dict[str, str]()

    for vpc in vpcs:
        tags |= {key_with_room(keys, tags, vpc): value_with(keys, tags, vpc)}

    assert set(vpcs) == parse_consent(keys, tags)
    assert all(len(value) <= MAX_VALUE for value in tags.values())


def test_the_first_tag_of_a_list_with_room_is_filled() -> None:
    """One VPC was removed; and no tag begins a second list while the first has room."""
    keys, full = TagKeys(), "v" * MAX_VALUE

    assert keys.allow_from == key_with_room(keys, {}, "vpc-0a")
    tags = {keys.allow_from: full, f"{keys.allow_from}:2": full}
    assert f"{keys.allow_from}:3" == key_with_room(keys, tags, "vpc-0a")
    assert f"{keys.allow_from}:2" == key_with_room(keys, tags | {f"{keys.allow_from}:2": ""}, "x")


@QUICK
@given(NAMES)
def test_every_legal_target_can_be_served(name: str) -> None:
    """What an instance may ask for, a VPC may offer, and is known to offer."""
    assert name == parse_target("target", f" {name} ")
    assert {name} == names_in(name)


@QUICK
@given(st.text(HOSTILE, max_size=40))
def test_any_text_is_read_as_one_target_or_refused(value: str) -> None:
    """A VPC serves what can be asked for, and one thing only."""
    try:
        name = parse_target("target", value)
    except BadTagError:
        return
    assert (Wanted(name),) == parse_targets("targets", value)


@QUICK
@given(INDEXES, st.sampled_from(["", " ", "\t", "\n"]))
def test_a_preferred_index_is_read_with_or_without_blanks(index: int, blank: str) -> None:
    """Blanks around a number are invisible in the console."""
    assert index == parse_device_index({"index": f"{blank}{index}{blank}"}, "index")


def test_a_vpc_without_the_tag_prefers_no_index() -> None:
    """The preference is optional."""
    assert parse_device_index({}, "index") is None


@QUICK
@given(st.text(HOSTILE, max_size=6) | st.integers().map(str))
def test_any_text_is_read_as_a_preference_or_refused(value: str) -> None:
    """Falling back in silence would put the interface at an unexpected index."""
    try:
        index = parse_device_index({"index": value}, "index")
    except BadTagError:
        index = None
    assert index == (int(value) if value.strip() in LEGAL_INDEXES else None)


@pytest.mark.parametrize("value", ["", "0", "-1", "01", "1000", "one", "1 2", "1.0", "+1"])
def test_a_preference_that_is_no_index_is_refused_by_name(value: str) -> None:
    """The VPC's owner finds in the record what to correct."""
    with pytest.raises(BadTagError) as caught:
        parse_device_index({"index": value}, "index")

    assert caught.value.message.startswith(f"index={value!r}: expected a device index")


@QUICK
@given(NAMES)
def test_what_dualhome_writes_is_never_read_as_what_operators_write(prefix: str) -> None:
    """A guardrail on the input keys cannot stop us, and our writes cannot trigger us."""
    keys = TagKeys(prefix)
    inputs = {
        keys.targets,
        keys.ignore,
        keys.target,
        keys.allow_from,
        keys.device_index,
        keys.pool,
        keys.reserved_for,
    }

    assert {key.partition(":")[0] for key in inputs} == {prefix}
    assert len(inputs) == 7
    assert keys.status == f"{prefix}-status"
