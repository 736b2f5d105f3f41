"""Records and audit entries as plain values, the same in tables, events and logs."""

from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn, override

from dualhome.domain.attachment import Attachment, AuditEntry

T = TypeVar("T")
Values = dict[str, Any]


@cache
def _converter() -> Converter:
    converter = Converter(omit_if_default=False)
    converter.register_unstructure_hook(datetime, stamp)
    rare = override(omit_if_default=True)  # few records have them
    converter.register_unstructure_hook(
        Attachment,
        make_dict_unstructure_fn(
            Attachment,
            converter,
            detaches=rare,
            contests=rare,
            refusals=rare,
            sharing=rare,
        ),
    )
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    return converter


def values(it: object) -> Values:
    """Return a dataclass as plain values; what is None is left out, at every depth."""
    plain: Values = _converter().unstructure(it)
    return _without_nothing(plain)


def read(type_: type[T], plain: Values) -> T:
    """
    Return the ``type_`` that ``plain`` holds; numbers may be DynamoDB's decimals.

    Raises:
        cattrs.BaseValidationError: the values make no ``type_``.
    """
    return _converter().structure(plain, type_)


def audit_values(entry: AuditEntry) -> Values:
    """
    Return an audit entry as its table and its event show it; ``before`` and ``after`` nest.

    ``interface`` is the one that the move was about: an interface's past is found by it.
    """
    after = entry.after
    return values(entry.trace) | _without_nothing(
        {
            "id": entry.id,
            "at": stamp(entry.at),
            "instance": after.instance,
            "target": after.target,
            "interface": entry.held and entry.held.interface,
            "from_state": entry.move.from_state,
            "to_state": after.state.value,
            "reason": after.reason and after.reason.value,
            "seconds_to_attached": entry.seconds_to_attached,
            "cause": values(after.cause),
            **values(entry.move),
        }
    )


def stamp(time: datetime) -> str:
    """Return ``time`` in UTC to the millisecond, so that text sorts as time does."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _without_nothing(plain: Values) -> Values:
    return {
        key: _without_nothing(value) if isinstance(value, dict) else value
        for key, value in plain.items()
        if value is not None
    }
