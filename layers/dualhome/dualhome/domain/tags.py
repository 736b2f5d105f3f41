"""The tags that operators write: their keys, their grammar, and how they are read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, count

from dualhome.domain.errors import BadTagError
from dualhome.domain.identifiers import TargetName, VpcId

MAX_VALUE = 256
"""Characters in a tag's value (EC2 User Guide, "Tag your Amazon EC2 resources")."""

ANY_VPC = "*"
WHOLE_TAG = TargetName("*")
"""Stands for the target where a malformed tag names none; no legal name equals it."""

_NAME = re.compile(r"[A-Za-z0-9._-]{1,32}")
_WANTED = re.compile(rf"({_NAME.pattern})(?:@([1-9][0-9]{{0,2}}))?")
_VPC = re.compile(r"vpc-[0-9a-f]{1,17}")
_INDEX = re.compile(r"[1-9][0-9]{0,2}")
_SEPARATORS = re.compile(r"[\s,]+")
_NAMES = re.compile(r"(?<![@A-Za-z0-9._-])[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class TagKeys:
    """The keys under a prefix: ours to read begin ``prefix:``, ours to write ``prefix-``."""

    prefix: str = "dualhome"

    @property
    def targets(self) -> str:
        """On an instance: the targets it wants."""
        return f"{self.prefix}:targets"

    @property
    def policy(self) -> str:
        """On an instance: whether its targets are one unit."""
        return f"{self.prefix}:policy"

    @property
    def ignore(self) -> str:
        """On an instance: nothing is attached, nothing is detached."""
        return f"{self.prefix}:ignore"

    @property
    def target(self) -> str:
        """On a VPC: the target it serves."""
        return f"{self.prefix}:target"

    @property
    def allow_from(self) -> str:
        """On a VPC: the VPCs whose instances may join."""
        return f"{self.prefix}:allow-from"

    def is_allow_from(self, key: str) -> bool:
        """Return whether ``key`` is ``allow_from``, or continues it behind a colon."""
        return key == self.allow_from or key.startswith(f"{self.allow_from}:")

    @property
    def device_index(self) -> str:
        """On a VPC: the device index it prefers."""
        return f"{self.prefix}:device-index"

    @property
    def pool(self) -> str:
        """On an interface: the target whose pool it is in."""
        return f"{self.prefix}:pool"

    @property
    def reserved_for(self) -> str:
        """On an interface: the instance id, or ``Name`` tag, that alone may have it."""
        return f"{self.prefix}:reserved-for"

    def of_input(self, tags: Mapping[str, str]) -> dict[str, str]:
        """Return those of ``tags`` that are input: their keys begin ``prefix:``."""
        return {key: it for key, it in tags.items() if key.startswith(f"{self.prefix}:")}

    @property
    def status(self) -> str:
        """On instances and interfaces: what we report."""
        return f"{self.prefix}-status"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A target that an instance asks for; ``index`` is the pinned device index, if any."""

    target: TargetName
    index: int | None = None

    def accepts(self, index: int | None) -> bool:
        """Return whether ``index``, the device index of an interface, is where it is wanted."""
        return self.index in {None, index}

    def __str__(self) -> str:
        return self.target if self.index is None else f"{self.target}@{self.index}"


def parse_targets(key: str, value: str) -> tuple[Wanted, ...]:
    """
    Read an instance's targets, in the order written; an empty value wants nothing.

    Raises:
        BadTagError: a word is no target, a target or a pinned index stands twice,
            or the value is longer than a tag can be.
    """
    if len(value) > MAX_VALUE:
        raise _bad(key, value, f"at most {MAX_VALUE} characters")
    wanted = tuple(_parse_wanted(key, value, word) for word in _words(value))
    if twice := _first_repeated(want.target for want in wanted):
        raise _bad(key, value, f"each target once, but {twice} stands twice")
    if twice := _first_repeated(str(want.index) for want in wanted if want.index):
        raise _bad(key, value, f"each device index once, but {twice} is pinned twice")
    return wanted


def parse_policy(key: str, value: str) -> bool:
    """
    Return whether an instance's targets are one unit (``all``), or independent (``each``).

    Raises:
        BadTagError: the value is neither.
    """
    if value.strip() not in {"all", "each"}:
        raise _bad(key, value, "all or each")
    return value.strip() == "all"


def print_targets(wanted: Iterable[Wanted]) -> str:
    """Write targets the way ``parse_targets`` reads them."""
    return " ".join(str(want) for want in wanted)


def parse_allow_from(key: str, value: str) -> frozenset[VpcId | str]:
    """
    Read which VPCs may join; ``ANY_VPC`` among them means every one.

    Raises:
        BadTagError: a word is neither a VPC id nor ``*``.
    """
    words = _words(value)
    if wrong := next((word for word in words if word != ANY_VPC and not _VPC.fullmatch(word)), ""):
        raise _bad(key, value, f"VPC ids or {ANY_VPC}, but {wrong!r} is neither")
    return frozenset(words)


def parse_consent(keys: TagKeys, tags: Mapping[str, str]) -> frozenset[VpcId | str]:
    """
    Read which VPCs may join by all tags of a VPC together: ``allow-from``, and what continues it.

    Raises:
        BadTagError: one of them is malformed. That spoils all: what it says cannot be known.
    """
    parts = sorted(filter(keys.is_allow_from, tags))
    return frozenset[VpcId | str]().union(*(parse_allow_from(key, tags[key]) for key in parts))


@dataclass(frozen=True, slots=True)
class Consent:
    """
    Which VPCs a VPC lets in, by all its ``allow-from`` tags together.

    ``error``: one of the tags is malformed; then what they say cannot be known. ``lengths`` are
    those of the tags' values.
    """

    keys: TagKeys
    allowed: frozenset[VpcId | str] = frozenset()
    error: BadTagError | None = None
    lengths: Mapping[str, int] = field(default_factory=dict)

    def admits(self, vpc: VpcId) -> bool:
        """Return whether instances of ``vpc`` may join."""
        return ANY_VPC in self.allowed or vpc in self.allowed

    def key_for(self, vpc: VpcId) -> str:
        """Return the key of the tag to which the owner adds ``vpc``: the first with room for it."""
        return _key_with_room(self.keys, self.lengths, vpc)


def read_consent(keys: TagKeys, tags: Mapping[str, str]) -> Consent:
    """Return whom ``tags`` of a VPC let in, malformed or not."""
    lengths = {key: len(it.lstrip()) for key, it in tags.items() if keys.is_allow_from(key)}
    try:
        return Consent(keys, parse_consent(keys, tags), lengths=lengths)
    except BadTagError as error:
        return Consent(keys, error=error, lengths=lengths)


def key_with_room(keys: TagKeys, tags: Mapping[str, str], word: str) -> str:
    """
    Return the first ``allow-from`` of a VPC, or that of its next tag, with room for ``word``.

    Raises:
        ValueError: no tag has room: ``word`` is longer than a value can be.
    """
    return _key_with_room(keys, {key: len(it.lstrip()) for key, it in tags.items()}, word)


def _key_with_room(keys: TagKeys, lengths: Mapping[str, int], word: str) -> str:
    if len(word) > MAX_VALUE:
        raise ValueError(f"a tag's value has {MAX_VALUE} characters at most, not {len(word)}")
    numbered = (f"{keys.allow_from}:{number}" for number in count(2))
    for key in chain([keys.allow_from], numbered):
        before = lengths.get(key, 0)
        if before + bool(before) + len(word) <= MAX_VALUE:
            return key
    raise AssertionError("there are endlessly many keys")


def value_with(keys: TagKeys, tags: Mapping[str, str], word: str) -> str:
    """Return the value of the tag that ``key_with_room`` names, ``word`` added."""
    return _with(tags.get(key_with_room(keys, tags, word), ""), word)


def parse_target(key: str, value: str) -> TargetName:
    """
    Read the one target that a VPC serves; blanks around it do not count.

    Raises:
        BadTagError: the value is not the name of one target.
    """
    name = value.strip()
    if not _NAME.fullmatch(name):
        raise _bad(key, value, "the name of one target (1 to 32 of A-Z a-z 0-9 . _ -)")
    return TargetName(name)


def parse_pool(key: str, value: str) -> TargetName:
    """
    Read the target whose pool an interface is in.

    The value is the name alone, without blanks: pools are found by EC2's filter, which is exact.

    Raises:
        BadTagError: the value is not exactly the name of one target.
    """
    if not _NAME.fullmatch(value):
        raise _bad(key, value, "exactly the name of one target")
    return TargetName(value)


def names_in(value: str) -> frozenset[TargetName]:
    """Return all in ``value``, malformed or not, that may be meant for a target's name."""
    return frozenset(map(TargetName, _NAMES.findall(value)))


def parse_device_index(tags: Mapping[str, str], key: str) -> int | None:
    """
    Read the device index that a VPC prefers, if it names one.

    Raises:
        BadTagError: the value is not a number from 1 to 999.
    """
    value = tags.get(key)
    if value is None:
        return None
    if not _INDEX.fullmatch(value.strip()):
        raise _bad(key, value, "a device index from 1 to 999")
    return int(value)


def _parse_wanted(key: str, value: str, word: str) -> Wanted:
    if found := _WANTED.fullmatch(word):
        name, index = found.groups()
        return Wanted(TargetName(name), int(index) if index else None)
    raise _bad(
        key,
        value,
        f"NAME or NAME@INDEX (NAME: 1 to 32 of A-Z a-z 0-9 . _ -, INDEX: 1 to 999), not {word!r}",
    )


def _with(value: str, word: str) -> str:
    return f"{value} {word}".strip()


def _words(value: str) -> list[str]:
    return [word for word in _SEPARATORS.split(value) if word]


def _first_repeated(words: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for word in words:
        if word in seen:
            return word
        seen.add(word)
    return None


def _bad(key: str, value: str, expected: str) -> BadTagError:
    return BadTagError(f"{key}={value!r}: expected {expected}")
