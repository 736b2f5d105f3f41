"""A plan as rows for programs, one for each target of each instance."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, Zone
from dualhome.domain.reasons import Reason
from dualhome_cli.grouping import counts
from dualhome_cli.outlook import Forecast, Outlook, Prospect
from dualhome_cli.output import plain
from dualhome_cli.warned import advice_on


@dataclass(frozen=True, slots=True)
class Row:
    """
    What would become of one target; ``good`` says that it is had, can be had, or is not wanted.

    ``rejected`` counts interfaces by reason, ``promised`` those that go to targets planned before.
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

    @classmethod
    def of(cls, forecast: Forecast, it: Outlook) -> "Row":
        """Return the row of one target."""
        instance, record = forecast.instance, it.record
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
            promised=it.promised,
        )


def rows(forecast: Forecast) -> Iterator[Row]:
    """Yield a row for each target."""
    yield from (Row.of(forecast, outlook) for outlook in forecast.outlooks)


def full_rows(forecast: Forecast) -> Iterator[Mapping[str, object]]:
    """Yield a row for each target, with every interface that was rejected for it."""
    for outlook in forecast.outlooks:
        rejections = [
            {"interface": it.interface, "reason": it.reason, "detail": it.detail}
            for it in outlook.rejections
        ]
        yield {**plain(Row.of(forecast, outlook)), "rejections": rejections}
