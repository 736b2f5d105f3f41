"""The status of an instance, as a tag shows it."""

from collections.abc import Iterable
from enum import StrEnum

from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.tags import MAX_VALUE, WHOLE_TAG

MOVING = frozenset({State.CLAIMED, State.ATTACHING, State.RELEASING})
"""States that last seconds: they are not worth a tag write each."""

ORDER = (
    State.STUCK,
    State.FAILED,
    State.REFUSED,
    State.WAITING,
    State.ATTACHED,
    State.CLAIMED,
    State.ATTACHING,
    State.RELEASING,
    State.RELEASED,
)
"""What needs an operator comes first; what comes last is left out first."""

GIVEN_UP = "released"
"""The status of an interface that no record holds, before the instance that last did."""


class StatusScope(StrEnum):
    """Which resources carry a status tag: the template's parameter ``StatusTags``."""

    BOTH = "both"
    INSTANCE = "instance"
    INTERFACE = "interface"
    NONE = "none"

    @property
    def on_instances(self) -> bool:
        """Whether instances carry one."""
        return self in {StatusScope.BOTH, StatusScope.INSTANCE}

    @property
    def on_interfaces(self) -> bool:
        """Whether interfaces carry one."""
        return self in {StatusScope.BOTH, StatusScope.INTERFACE}


def print_status(records: Iterable[Attachment]) -> str:
    """
    Write ``target=state:what`` for each record: ``mgmt=attached:eni-0a@1``.

    At most 256 characters, the length of a tag's value: words that do not fit are counted. Their
    order is that of ``ORDER``, then of the targets' names. Empty: there is nothing to tell.
    """
    ranked = sorted(records, key=lambda it: (ORDER.index(it.state), it.target))
    shown = [word for record in ranked if (word := word_of(record))]
    kept = list(shown)
    while len(text := _line(kept, len(shown) - len(kept))) > MAX_VALUE:
        kept.pop()
    return text


def print_given_up(instance: InstanceId) -> str:
    """Write the status of an interface that ``instance`` held last."""
    return f"{GIVEN_UP}:{instance}"


def tells_of_a_holder(status: str) -> bool:
    """Return whether ``status`` says that a record holds the interface which carries it."""
    return bool(status) and status.partition(":")[0] != GIVEN_UP


def changes_status(move: Move) -> bool:
    """
    Return whether ``move`` can change what the tags show.

    A move to a state that lasts seconds does not, nor does one that changes only why a record is
    where it is, if the status shows no reason there: ``attached`` with ``RELEASE_HELD`` stays
    ``attached``.
    """
    before, after = move.before, move.after
    if after.state in MOVING:
        return False
    shown = word_of(before) if before else ""
    return shown != word_of(after) or bool(interfaces_given_up(move))


def interfaces_given_up(move: Move) -> tuple[InterfaceId, ...]:
    """Return the interface that ``move`` gives up, if it does."""
    before, after = move.before, move.after
    if before is None or not before.holding or before.interface is None:
        return ()
    kept = after.holding and after.interface == before.interface
    return () if kept else (before.interface,)


def targets_named(status: str) -> frozenset[TargetName]:
    """Return the targets that ``status`` has a word for; a malformed tag's word has none."""
    words = [word for word in status.split() if word[0] != "+" and word != "more"]
    return frozenset(
        TargetName(word.partition("=")[0]) if "=" in word else WHOLE_TAG for word in words
    )


def word_of(record: Attachment) -> str:
    """
    Return the word of a record; none for what is over and never held an interface.

    A target that was misspelt, or that no VPC serves, is refused while the tag asks for it. Once
    it does not, nothing was released that the word could tell of.
    """
    what = ""
    if record.state == State.ATTACHED and record.slot:
        what = f":{record.interface}@{record.slot.index}"
    elif record.reason and record.state != State.RELEASED:
        what = f":{record.reason}"
    if record.target == WHOLE_TAG:
        return "" if record.state == State.RELEASED else f"{record.state}{what}"
    if _never_was(record):
        return ""
    return f"{record.target}={record.state}{what}"


def _never_was(record: Attachment) -> bool:
    unwanted = record.state == State.RELEASED and record.reason is Reason.NOT_WANTED
    return unwanted and record.interface is None


def _line(words: list[str], left_out: int) -> str:
    return " ".join([*words, f"+{left_out} more"] if left_out else words)
