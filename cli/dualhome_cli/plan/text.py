"""A plan as lines for operators: an instance, its targets, and what was skipped."""

from collections import Counter
from collections.abc import Iterator, Mapping

from dualhome.domain.attachment import Attachment
from dualhome.domain.planning.eligibility import Rejection
from dualhome.domain.reasons import Reason
from dualhome_cli.plan.outcome import Confirmation, InstanceOutcome, Outcome, TargetOutcome
from dualhome_cli.pools.rejections import Group, grouped
from dualhome_cli.status.details import print_refusals
from dualhome_cli.status.warnings import advice_on
from dualhome_cli.ui.terminal import Line
from dualhome_cli.ui.times import print_age, print_time

SENTENCES: Mapping[Outcome, str] = {
    Outcome.ATTACHED: "attached: {what}",
    Outcome.ATTACH: "would attach {what}",
    Outcome.ADOPT: "would adopt {what}, which another user has attached",
    Outcome.MOVING: "in progress: {what}",
    Outcome.WAIT: "would wait",
    Outcome.REFUSE: "would be refused",
    Outcome.RETRY: "failed, to be retried {again}",
    Outcome.RELEASE: "would release {what}",
    Outcome.KEEP: "would keep {what}, although unwanted",
    Outcome.STUCK: "stuck with {what}: operator action required",
    Outcome.LATER: "would be reconciled again in a moment",
    Outcome.IGNORE: "excluded",
    Outcome.CLOSE: "would close its record",
    Outcome.NOTHING: "wants nothing",
    Outcome.GONE: "does not exist",
}

TOTALS: Mapping[Outcome, str] = {
    Outcome.ATTACHED: "attached",
    Outcome.ATTACH: "would attach",
    Outcome.ADOPT: "would adopt",
    Outcome.MOVING: "in progress",
    Outcome.WAIT: "would wait",
    Outcome.REFUSE: "would be refused",
    Outcome.RETRY: "failed, to be retried",
    Outcome.RELEASE: "would release",
    Outcome.KEEP: "would keep although unwanted",
    Outcome.STUCK: "stuck",
    Outcome.LATER: "to be reconciled again",
    Outcome.IGNORE: "excluded",
    Outcome.CLOSE: "would close their record",
    Outcome.NOTHING: "want nothing",
    Outcome.GONE: "not existing",
}


MUST_ACT = frozenset({Outcome.REFUSE, Outcome.STUCK, Outcome.GONE})


def heading(planned: InstanceOutcome) -> str:
    """Name an instance, and what decides where it may be attached."""
    here = planned.instance
    if here is None:
        return planned.id
    name = f" ({here.name})" if here.name else ""
    return f"{planned.id}{name}, {here.type}, {here.state}, {here.vpc} in {here.zone}"


def sentence(outcome: TargetOutcome) -> str:
    """Say the outcome of a target, with the reason and its detail."""
    record = outcome.record
    again = f"after {print_time(record.retry_at)}" if record and record.retry_at else "soon"
    said = SENTENCES[outcome.outcome].format(what=_what(record), again=again)
    said = f"{said}{_when(outcome.confirmation)}"
    if outcome.outcome is Outcome.RELEASE and outcome.wanted:
        return f"{said}, and ask for index {outcome.pin} afterwards"
    reason = "" if outcome.outcome is Outcome.RELEASE else outcome.reason
    why = ": ".join(part for part in (reason, outcome.detail) if part)
    return f"{said}: {why}" if why else said


def warnings(outcome: TargetOutcome) -> Iterator[tuple[Reason, str]]:
    """Yield each warning of the attachment, with its advice."""
    if outcome.record:
        yield from zip(outcome.record.warnings, advice_on(outcome.record), strict=True)


def totals(outcomes: Counter[Outcome]) -> str:
    """Say how many targets there are of each outcome."""
    return ", ".join(f"{outcomes[it]} {TOTALS[it]}" for it in Outcome if outcomes[it])


def _when(confirmation: Confirmation | None) -> str:
    """Say when the second reading is due, without which nothing is released."""
    if confirmation is None:
        return ""
    if confirmation.due:
        return f" at {print_time(confirmation.due)}, if a second reading agrees"
    if not confirmation.delay:
        return ", if EC2 says the same when asked by id"
    return f" after {print_age(confirmation.delay)}, if a second reading agrees"


def refused(outcome: TargetOutcome) -> str:
    """Say what comes last in order, and why; empty if nothing does."""
    if not outcome.refusals:
        return ""
    chosen = (
        outcome.record.interface if outcome.record and outcome.outcome is Outcome.ATTACH else None
    )
    again = chosen in {refusal.interface for refusal in outcome.refusals}
    lead = f"{chosen} is tried last, and no other is free" if again else "last in order"
    return f"{lead}: {print_refusals(outcome.refusals)}"


def _what(record: Attachment | None) -> str:
    if record is None or record.interface is None:
        return "an interface"
    return f"{record.interface} at index {record.slot.index}" if record.slot else record.interface


def lines_of(planned: InstanceOutcome, *, verbose: bool) -> Iterator[Line]:
    """Yield the lines of an instance; each skipped interface only if ``verbose``."""
    yield Line(0, heading(planned), "bold")
    for outcome in planned.outcomes:
        name = outcome.target if outcome.pin is None else f"{outcome.target}@{outcome.pin}"
        said = sentence(outcome)
        yield Line(1, f"{name}: {said}" if name else said, _style(outcome))
        if outcome.advice:
            yield Line(2, outcome.advice)
        for warning, advice in warnings(outcome):
            yield Line(2, f"warning, {warning}: {advice}", "yellow")
        yield from _skipped(outcome, verbose=verbose)
        if last := refused(outcome):
            yield Line(2, last, "dim" if outcome.good else "")


def _skipped(outcome: TargetOutcome, *, verbose: bool) -> Iterator[Line]:
    if not outcome.rejections:
        return
    groups = grouped(outcome.rejections)
    promised = f", {len(outcome.promised)} promised above" if outcome.promised else ""
    if outcome.good and not verbose:
        summary = ", ".join(f"{group.count} {group.reason}" for group in groups)
        yield Line(2, f"skipped: {summary}{promised}", "dim")
        return
    count = len(outcome.rejections)
    yield Line(2, f"{count} {'interface' if count == 1 else 'interfaces'} skipped{promised}:")
    if verbose:
        ordered = sorted(outcome.rejections, key=lambda it: (-it.rank, it.interface))
        yield from (Line(3, _one(rejection)) for rejection in ordered)
    else:
        width = max(len(group.reason) for group in groups)
        yield from (Line(3, _example(group, width)) for group in groups)


def _example(group: Group, width: int) -> str:
    such = "for example " if group.count > 1 else ""
    example = f"{such}{group.example.interface}: {group.example.detail}"
    return f"{group.count:5} {group.reason.ljust(width)}  {example}"


def _one(rejection: Rejection) -> str:
    return f"{rejection.interface} {rejection.reason}: {rejection.detail}"


def _style(outcome: TargetOutcome) -> str:
    if outcome.good:
        return "green" if outcome.wanted else ""
    return "red" if outcome.outcome in MUST_ACT else "yellow"
