"""A plan as rows for programs, one for each target of each instance."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Self

from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, Zone
from dualhome.domain.planning.eligibility import Rejection
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import Refusal
from dualhome_cli.plan.outcome import InstanceOutcome, Outcome, TargetOutcome
from dualhome_cli.pools.rejections import counts
from dualhome_cli.status.warnings import advice_on
from dualhome_cli.ui.ids import mentions
from dualhome_cli.ui.output import Named


@dataclass(frozen=True, slots=True)
class Rejected:
    """An interface that the target would not get, and why."""

    interface: InterfaceId
    reason: Reason
    detail: str

    @classmethod
    def of(cls, rejection: Rejection) -> Self:
        """Return ``rejection`` without its rank."""
        return cls(rejection.interface, rejection.reason, rejection.detail)


@dataclass(frozen=True, slots=True)
class Row:
    """
    The outcome of one target; ``good``: it is attached, can be attached, or is not wanted.

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
    outcome: Annotated[Outcome, Named("prospect")]
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
    def of(cls, planned: InstanceOutcome, outcome: TargetOutcome) -> Self:
        """Return the row of one target."""
        instance, record, confirmation = planned.instance, outcome.record, outcome.confirmation
        held = record if record and record.holding else None
        return cls(
            instance=planned.id,
            name=instance.name if instance else "",
            zone=instance.zone if instance else None,
            target=outcome.target,
            pin=outcome.pin,
            wanted=outcome.wanted,
            outcome=outcome.outcome,
            good=outcome.good,
            interface=held.interface if held else None,
            device_index=held.slot.index if held and held.slot else None,
            reason=outcome.reason,
            detail=outcome.detail,
            advice=outcome.advice,
            warnings=record.warnings if record else (),
            warning_advice=tuple(advice_on(record)) if record else (),
            rejected=counts(outcome.rejections),
            promised=len(outcome.promised),
            rejections=tuple(map(Rejected.of, outcome.rejections)),
            promised_interfaces=outcome.promised,
            mentions=mentions(outcome.detail),
            refusals=outcome.refusals,
            release_after_seconds=confirmation.delay.total_seconds() if confirmation else None,
            release_at=confirmation.due if confirmation else None,
        )


def rows(planned: InstanceOutcome) -> Iterator[Row]:
    """Yield a row for each target."""
    yield from (Row.of(planned, outcome) for outcome in planned.outcomes)
