"""A tick of the schedule, as one sweep of the account, or as a part of one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from dualhome.application.sweep import SweepContext, SweepReport, sweep
from dualhome.domain.attachment import Cause

logger = Logger(child=True)


@dataclass(frozen=True, slots=True)
class Sweeper:
    """What the sweeper is made of; ``count`` publishes a sweep's figures."""

    context: SweepContext
    count: Callable[[SweepReport], None]


def handle_tick(context: LambdaContext, sweeper: Sweeper) -> dict[str, bool]:
    """
    Sweep until all is compared, or the time is up.

    The answer is for those who sweep by hand: ``swept`` says that all has been compared since they
    asked; else they ask again.

    A tick that AWS lets turn no page is not counted: so an alarm tells if none comes further.

    Raises:
        TransientError: the checkpoint was not read.
        PermanentError: something may not be read or queued; the next tick tries again there.
    """
    cause = Cause(context.aws_request_id, "dualhome", "Sweep", sweeper.context.compare.clock())
    report = sweep(
        sweeper.context, cause, time_left=lambda: context.get_remaining_time_in_millis() / 1000
    )
    if report.pages or not report.error:
        sweeper.count(report)
    _tell(report)
    return {"swept": report.swept and not report.resumed}


def _tell(report: SweepReport) -> None:
    figures: dict[str, Any] = {
        "instances": report.instances,
        "drifts": report.drifts,
        "releases": report.releases,
        "misstated": report.misstated,
    }
    if report.error:
        figures |= {"pages": report.pages, "code": report.error.code, "error": report.error.message}
        logger.warning("sweep stopped early; the next one resumes from its checkpoint", **figures)
    elif not report.swept:
        logger.info("sweep incomplete; the next one resumes from its checkpoint", **figures)
    else:
        logger.info("swept", **figures)
        _warn(report)


def _warn(report: SweepReport) -> None:
    if report.repairs:
        logger.warning("status tags were wrong twice, repairing", resources=report.repairs)
    if report.tripped:
        logger.error(
            "release breaker open: too many releases in one sweep", releases=report.releases
        )
    if report.foreign_attachments:
        logger.warning("foreign attachments", interfaces=report.foreign_attachments)
    if report.inconsistent_claims:
        logger.error("claim and record disagree", interfaces=report.inconsistent_claims)
