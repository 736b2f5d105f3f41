"""Find what no event announced, page by page, and requeue it; the sweep changes nothing itself."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from dualhome.application.ports import ReconcileQueue, ReleaseBreaker, StatusQueue
from dualhome.application.requests import ReconcileRequest
from dualhome.application.sweep_compare import CompareContext, read_page
from dualhome.application.sweep_ports import SweepCheckpoints
from dualhome.application.sweep_statuses import Misstated, confirmed
from dualhome.domain.attachment import Cause
from dualhome.domain.drift import Drift
from dualhome.domain.errors import PageGoneError, RecordMovedError, TransientError
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, Zone
from dualhome.domain.states import State
from dualhome.domain.sweep import Phase, SweepCheckpoint, SweepFindings

TIME_TO_STOP = 30.0
"""Seconds: a page is not begun with less left, but by the next tick."""

TRUSTED_FOR = timedelta(hours=2)
"""What was found longer ago is found anew; the schedule comes once an hour at least."""


@dataclass(frozen=True, slots=True)
class SweepContext:
    """
    What a sweep works with.

    With more than ``most_releases`` releases in a round the breaker trips.
    """

    compare: CompareContext
    checkpoints: SweepCheckpoints
    breaker: ReleaseBreaker
    queue: ReconcileQueue
    statuses: StatusQueue
    most_releases: int


@dataclass(frozen=True, slots=True)
class SweepReport:
    """
    What a round has found; all of it once ``swept``. If ``resumed``, an earlier sweep began it.

    ``instances`` are those that ask for something, ``drifts`` counts drifts, ``states`` the records
    that are not released, ``pools`` the interfaces in each zone that any instance could be given,
    where there are any that are not reserved.
    ``releases`` are the instances that would lose an interface, up to one more than are allowed;
    with ``tripped`` none of those is reconciled, and while ``paused`` there are none.
    ``foreign_attachments`` are pool interfaces that others attached, ``inconsistent_claims`` are
    claims without their record, or records without their claim: a defect, or a manual change of
    the tables. Of both a hundred are named at most. ``misstated`` counts wrong status tags, 200 at
    most; ``repairs`` are the resources whose tags are repaired, as the round before agrees.

    Of this sweep alone are ``pages``, how many it has turned, and ``error``, what ended it early.
    """

    instances: int
    drifts: Mapping[Drift, int]
    releases: int
    tripped: bool
    foreign_attachments: tuple[tuple[InterfaceId, InstanceId], ...]
    inconsistent_claims: tuple[InterfaceId, ...]
    states: Mapping[State, int]
    pools: Mapping[tuple[TargetName, Zone], int]
    paused: bool
    swept: bool
    misstated: int = 0
    repairs: tuple[str, ...] = ()
    resumed: bool = field(default=False, compare=False)
    pages: int = field(default=0, compare=False)
    error: TransientError | None = field(default=None, compare=False)


def sweep(context: SweepContext, cause: Cause, time_left: Callable[[], float]) -> SweepReport:
    """
    Resume the sweep at its checkpoint, or begin one, until it is done or time is short.

    After each page its reconcile requests are queued, then the checkpoint is written: an
    invocation that dies in between leaves a page to be read twice. Of two sweeps at once, the
    slower one ends. So does one that AWS throttles: the next sweep resumes from its checkpoint.

    Held are one page of at most 1,000 items, and what it is compared with. 1,000 instances with one
    attachment each cost 8 reads of EC2 (one page of instances, one of interfaces, five of 200
    instances by id, and one of the VPCs, for all pages together), 40 of the ledger by 100 keys
    each, and one query for each target, each state and each further 1,000 records.

    Raises:
        TransientError: the checkpoint was not read.
        PageGoneError: AWS refuses a token that it gave a moment ago.
    """
    context.compare.gate.anew()
    context = replace(context, compare=context.compare.reading_vpcs_once())
    now = context.compare.clock()
    last = context.checkpoints.read() or SweepCheckpoint(now, phase=Phase.DONE)
    resumed = last.phase is not Phase.DONE and now - last.at <= TRUSTED_FOR
    begun = at = last if resumed else last.next_sweep(now)
    pages, failed = 0, None
    while at.phase is not Phase.DONE and time_left() >= TIME_TO_STOP:
        try:
            at = _turn(context, at, cause)
            pages += 1
        except RecordMovedError:
            break
        except TransientError as error:
            failed = error
            break
        except PageGoneError:
            if at.token is None or at is not begun:
                raise
            at = at.phase_anew()
    return replace(_report(context, at), resumed=resumed, pages=pages, error=failed)


def _turn(context: SweepContext, at: SweepCheckpoint, cause: Cause) -> SweepCheckpoint:
    """Read one page: judge it, queue what it asks for, write the checkpoint."""
    context = replace(context, compare=context.compare.as_it_stands())
    if at.phase is Phase.RELEASES:
        after = replace(at, phase=Phase.DONE)
        to_reconcile = _released(context, at)
    else:
        page = read_page(context.compare, at)
        wrong = confirmed(page.suspects, at, context.compare.ledger)
        findings = page.findings + _noted(wrong) + _repaired(context, at, wrong)
        after = at.after_page(findings, page.token, context.most_releases + 1)
        to_reconcile = page.to_reconcile
        if _tripped(context, after) and at.phase is Phase.ATTACHED:
            # Before anything is requeued: whatever its reason, a reconciliation could release.
            context.breaker.open()
    _ask(context, to_reconcile, cause)
    return context.checkpoints.write(replace(after, at=context.compare.clock()))


def _noted(wrong: Iterable[Misstated]) -> SweepFindings:
    return SweepFindings(misstated={it.resource: it.mark for it in wrong})


def _repaired(
    context: SweepContext, at: SweepCheckpoint, wrong: Iterable[Misstated]
) -> SweepFindings:
    """Ask for the repair of the tags on which two rounds agree; to ask twice is harmless."""
    due: list[Misstated] = []
    for it in wrong:
        asked = replace(
            at, findings=at.findings + SweepFindings(repairs=tuple(one.resource for one in due))
        )
        if asked.may_repair(it.resource, it.mark):
            due.append(it)
    if due:
        context.statuses.put(it.request for it in due)
    return SweepFindings(repairs=tuple(it.resource for it in due))


def _released(context: SweepContext, at: SweepCheckpoint) -> Iterable[InstanceId]:
    """Open or reset the breaker by what the whole sweep found; return what may be released."""
    if _tripped(context, at):
        context.breaker.open()
        return ()
    if not (context.compare.paused or at.found.paused):
        context.breaker.reset()
    return at.found.unwanted


def _tripped(context: SweepContext, at: SweepCheckpoint) -> bool:
    return len(at.found.unwanted) > context.most_releases


def _ask(context: SweepContext, instances: Iterable[InstanceId], cause: Cause) -> None:
    if requests := [ReconcileRequest(instance, cause) for instance in instances]:
        context.queue.put(requests, timedelta())


def _report(context: SweepContext, at: SweepCheckpoint) -> SweepReport:
    found = at.found
    paused = context.compare.as_it_stands().paused
    return SweepReport(
        instances=found.instances,
        drifts=found.drifts,
        releases=len(found.unwanted),
        tripped=_tripped(context, at),
        foreign_attachments=found.foreign_attachments,
        inconsistent_claims=found.inconsistent_claims,
        states=found.states,
        pools={
            (target, zone): free
            for target, zones in found.free.items()
            for zone, free in zones.items()
        },
        paused=paused,
        swept=at.phase is Phase.DONE,
        misstated=len(found.misstated),
        repairs=found.repairs,
    )
