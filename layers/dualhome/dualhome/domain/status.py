"""The status of an instance, as a tag shows it."""

from collections.abc import Iterable

from dualhome.domain.attachment import Attachment
from dualhome.domain.states import State
from dualhome.domain.tags import MAX_VALUE, WHOLE_TAG

MOVING = frozenset({State.CLAIMED, State.ATTACHING, State.RELEASING})
"""States that last seconds: they are not worth a tag write each."""


def print_status(records: Iterable[Attachment]) -> str:
    """
    Write ``target=state:what`` for each record, by target: ``mgmt=attached:eni-0a@1``.

    At most 256 characters, the length of a tag's value: words that do not fit are counted.
    """
    words = [_word(record) for record in sorted(records, key=lambda it: it.target)]
    shown = [word for word in words if word]
    kept = list(shown)
    while len(text := _line(kept, len(shown) - len(kept))) > MAX_VALUE:
        kept.pop()
    return text


def _line(words: list[str], left_out: int) -> str:
    return " ".join([*words, f"+{left_out} more"] if left_out else words)


def _word(record: Attachment) -> str:
    what = ""
    if record.state == State.ATTACHED and record.slot:
        what = f":{record.interface}@{record.slot.index}"
    elif record.reason and record.state != State.RELEASED:
        what = f":{record.reason}"
    if record.target == WHOLE_TAG:
        return "" if record.state == State.RELEASED else f"{record.state}{what}"
    return f"{record.target}={record.state}{what}"
