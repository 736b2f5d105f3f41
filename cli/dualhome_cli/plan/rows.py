"""A plan as rows for programs, one for each target of each instance."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, Zone
from dualhome.domain.planning.eligibility import Rejection
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import Refusal
from dualhome_cli.plan.outcome import Forecast, Outlook, Prospect
from dualhome_cli.pools.rejections import counts
from dualhome_cli.status.warnings import advice_on
from dualhome_cli.ui.ids import mentions


@dataclass(frozen=True, slots=True)
class Rejected:
    """An interface that the target would not get, and why."""

    interface: InterfaceId
    reason: Reason
    detail: str

    @classmethod
    def of(cls, it: Rejection) -> Self:
        """Return it without what only the order of reasons needs."""
        return cls(it.interface, it.reason, it.detail)


@dataclass(frozen=True, slots=True)
class Row:
    """
    What would become of one target; ``good`` says that it is had, can be had, or is not wanted.

    ``rejected`` counts interfaces by reason, ``promised`` those that go to targets planned before;
    ``rejections`` and ``promised_interfaces`` name each. ``mentions`` are the ids in ``detail``.
    ``refusals`` are interfaces that come last. What is attached is released after
    ``release_after_seconds`` if a second reading agrees; at ``release_at``, if a first one has
    been.
    """

    instance: InstanceId
    name: str
    zone: Zone | None
    target: TargetName
    pin: int | None
    wanted: bool
    prospect: Prospect
    good: bool
    interface: InterfaceId | None
    device_index: int | None
    reason: Reason | None
    detail: str
    advice: str
    warnings: tuple[Reason, ...]
    warning_advice: tuple[str, ...]
    rejected: Mapping[str, int]
    promised: int
    rejections: tuple[Rejected, ...]
    promised_interfaces: tuple[InterfaceId, ...]
    mentions: tuple[str, ...]
    refusals: tuple[Refusal, ...] = ()
    release_after_seconds: float | None = None
    release_at: datetime | None = None

    @classmethod
    def of(cls, forecast: Forecast, it: Outlook) -> Self:
        """Return the row of one target."""
        instance, record, confirmation = forecast.instance, it.record, it.confirmation
        held = record if record and record.holding else None
        return cls(
            instance=forecast.id,
            name=instance.name if instance else "",
            zone=instance.zone if instance else None,
            target=it.target,
            pin=it.pin,
            wanted=it.wanted,
            prospect=it.prospect,
            good=it.good,
            interface=held.interface if held else None,
            device_index=held.slot.index if held and held.slot else None,
            reason=it.reason,
            detail=it.detail,
            advice=it.advice,
            warnings=record.warnings if record else (),
            warning_advice=tuple(advice_on(record)) if record else (),
            rejected=counts(it.rejections),
            promised=len(it.promised),
            rejections=tuple(map(Rejected.of, it.rejections)),
            promised_interfaces=it.promised,
            mentions=mentions(it.detail),
            refusals=it.refusals,
            release_after_seconds=confirmation.delay.total_seconds() if confirmation else None,
            release_at=confirmation.due if confirmation else None,
        )


def rows(forecast: Forecast) -> Iterator[Row]:
    """Yield a row for each target."""
    yield from (Row.of(forecast, outlook) for outlook in forecast.outlooks)
