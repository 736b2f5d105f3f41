"""A tick of the schedule, as one sweep of the account."""

from collections.abc import Callable
from dataclasses import dataclass

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from dualhome.application.agenda import Agenda
from dualhome.application.ports import Looks
from dualhome.application.sweep import Report, Sweeping, sweep
from dualhome.domain.attachment import Cause

logger = Logger(child=True)


@dataclass(frozen=True, slots=True)
class Broom:
    """What the sweeper is made of; ``count`` publishes a report's figures."""

    sweeping: Sweeping
    looks: Looks
    count: Callable[[Report], None]


def handle_tick(context: LambdaContext, here: Broom) -> None:
    """
    Sweep once.

    Raises:
        TransientError: not everything was read or queued; the next tick begins anew.
    """
    now = here.sweeping.clock()
    agenda = Agenda()
    report = sweep(here.sweeping, Cause(context.aws_request_id, "dualhome", "Sweep", now), agenda)
    agenda.hand_over(here.looks)
    here.count(report)
    logger.info("swept", instances=report.instances, looks=report.looks, releases=report.releases)
    if report.tripped:
        logger.error("breaker tripped: too many releases in one sweep", releases=report.releases)
    if report.strangers:
        logger.warning("attached by somebody else", interfaces=report.strangers)
    if report.torn:
        logger.error("claim and record disagree", interfaces=report.torn)
