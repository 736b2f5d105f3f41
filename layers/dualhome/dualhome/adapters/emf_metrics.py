"""Metrics in CloudWatch's embedded metric format, written to the function's log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from warnings import catch_warnings

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from dualhome.adapters.aws_errors import RULES
from dualhome.application.sweep import SweepReport
from dualhome.domain.attachment import AuditEntry
from dualhome.domain.errors import ThrottledError
from dualhome.domain.pause import PauseChange
from dualhome.domain.states import State

Dimensions = Mapping[str, str]
"""Beside these, each metric has ``service``."""

THROTTLES = frozenset(code for code, _, error in RULES if error is ThrottledError)


class EmfMetrics:
    """Namespace and service come from POWERTOOLS_METRICS_NAMESPACE and POWERTOOLS_SERVICE_NAME."""

    def moved(self, entry: AuditEntry) -> None:
        """Count a move, time it if it ended in ``attached``, and tell attaches from failures."""
        after = entry.after
        state, reason = {"State": after.state.value}, {"Reason": after.reason or "none"}
        about = {"instance": after.instance, "target": after.target}
        _emit({"Moves": 1}, {}, state, state | reason, about=about)
        if after.state in {State.ATTACHED, State.FAILED} and after.state != entry.move.from_state:
            _emit({"AttachFailed": int(after.state == State.FAILED)})
        if (seconds := entry.seconds_to_attached) is not None:
            timed = {"SecondsToAttached": seconds}
            _emit(timed, {}, {"Target": after.target}, unit=MetricUnit.Seconds)

    def paused(self, change: PauseChange) -> None:
        """Tell at once what every sweep tells: 1 while paused, else 0; dated as the change is."""
        _emit({"Paused": int(change.after.paused)}, at=change.at)


def count_sweep(report: SweepReport, low_water: int) -> None:
    """
    Tell that there was a sweep and, if it came to its end, what it found; yes is 1, and no 0.

    A pool with fewer than ``low_water`` free interfaces in a zone is low.
    """
    _emit({"SweepTicks": 1, "Paused": int(report.paused)})
    if not report.swept:
        return
    _emit(
        {
            "SweptInstances": report.instances,
            "Drifts": sum(report.drifts.values()),
            "SweepReleases": report.releases,
            "BreakerOpen": int(report.tripped),
            "ForeignAttachments": len(report.foreign_attachments),
            "InconsistentClaims": len(report.inconsistent_claims),
            "PoolsLow": sum(free < low_water for free in report.pools.values()),
        }
    )
    for state in sorted(set(State) - {State.RELEASED}):
        _emit({"Attachments": report.states.get(state, 0)}, {"State": state.value})
    for (target, zone), free in report.pools.items():
        _emit({"PoolFree": free}, {"Target": target, "Zone": zone})


def count_ec2_call(
    event_name: str,
    parsed_response: Mapping[str, Any] | None,
    **_: Any,
) -> None:
    """
    Count one attempt of a call, and whether EC2 throttled it.

    A hook for botocore's event ``response-received.ec2``, which comes once for each attempt;
    without a response there was no answer.
    """
    error = (parsed_response or {}).get("Error", {})
    figures = {"Ec2Calls": 1, "Ec2Throttles": int(error.get("Code") in THROTTLES)}
    _emit(figures, {}, {"Action": event_name.rpartition(".")[2]})


def _emit(
    figures: Mapping[str, float],
    *dimensions: Dimensions,
    unit: MetricUnit = MetricUnit.Count,
    about: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> None:
    """
    Write one line: each of ``figures`` once under each of ``dimensions``, or under none.

    It is dated ``at``, or now: a redriven change must not stand as today's. CloudWatch skips what
    is older than 14 days (CloudWatch User Guide, "Embedded metric format specification").
    """
    first, *others = dimensions or ({},)
    metrics = EphemeralMetrics()
    for name, value in figures.items():
        metrics.add_metric(name=name, unit=unit, value=value)
    for name, text in first.items():
        metrics.add_dimension(name=name, value=text)
    for more in others:
        metrics.add_dimensions(service=str(metrics.service), **more)
    for key, text in (about or {}).items():
        metrics.add_metadata(key=key, value=text)
    if at:
        with catch_warnings(action="ignore"):
            metrics.set_timestamp(at)
    metrics.flush_metrics()
