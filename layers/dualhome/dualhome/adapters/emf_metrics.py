"""Metrics in CloudWatch's embedded metric format, written to the function's log."""

from aws_lambda_powertools.metrics import MetricUnit, single_metric

from dualhome.application.sweep import Report
from dualhome.domain.audit import AuditEntry


def count_sweep(report: Report) -> None:
    """Count what a sweep found; ``BreakerTripped`` is 0 or 1."""
    figures = {
        "SweptInstances": report.instances,
        "Drifts": sum(report.looks.values()),
        "SweepReleases": report.releases,
        "BreakerTripped": int(report.tripped),
        "Strangers": len(report.strangers),
        "TornClaims": len(report.torn),
    }
    for name, value in figures.items():
        with single_metric(name=name, unit=MetricUnit.Count, value=value):
            pass


class EmfMetrics:
    """Namespace and service come from POWERTOOLS_METRICS_NAMESPACE and POWERTOOLS_SERVICE_NAME."""

    def moved(self, entry: AuditEntry) -> None:
        """Count a move by state and reason, and time it if it ended in ``attached``."""
        after = entry.after
        with single_metric(name="Moves", unit=MetricUnit.Count, value=1) as metric:
            metric.add_dimension(name="State", value=after.state.value)
            metric.add_dimension(name="Reason", value=after.reason or "none")
            metric.add_metadata(key="instance", value=after.instance)
            metric.add_metadata(key="target", value=after.target)
        if entry.seconds_to_attached is not None:
            with single_metric(
                name="SecondsToAttached", unit=MetricUnit.Seconds, value=entry.seconds_to_attached
            ) as metric:
                metric.add_dimension(name="Target", value=after.target)
