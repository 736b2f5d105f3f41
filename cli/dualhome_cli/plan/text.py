"""A plan as lines for people: an instance, its targets, and what was skipped."""

from collections import Counter
from collections.abc import Iterator, Mapping

from dualhome.domain.attachment import Attachment
from dualhome.domain.planning.eligibility import Rejection
from dualhome.domain.reasons import Reason
from dualhome_cli.plan.outcome import Confirmation, Forecast, Outlook, Prospect
from dualhome_cli.pools.rejections import Group, grouped
from dualhome_cli.status.details import print_refusals
from dualhome_cli.status.warnings import advice_on
from dualhome_cli.ui.terminal import Line
from dualhome_cli.ui.times import print_age, print_time

SENTENCES: Mapping[Prospect, str] = {
    Prospect.ATTACHED: "attached: {what}",
    Prospect.ATTACH: "would attach {what}",
    Prospect.ADOPT: "would take over {what}, which somebody has attached",
    Prospect.MOVING: "on its way: {what}",
    Prospect.WAIT: "would wait",
    Prospect.REFUSE: "would be refused",
    Prospect.RETRY: "failed, tried again {again}",
    Prospect.RELEASE: "would release {what}",
    Prospect.KEEP: "would keep {what}, though unwanted",
    Prospect.STUCK: "stuck with {what}: a person must act",
    Prospect.LATER: "would be looked at again in a moment",
    Prospect.IGNORE: "left alone",
    Prospect.CLOSE: "would close its record",
    Prospect.NOTHING: "wants nothing",
    Prospect.GONE: "is not there",
}

TOTALS: Mapping[Prospect, str] = {
    Prospect.ATTACHED: "attached",
    Prospect.ATTACH: "would attach",
    Prospect.ADOPT: "would take over",
    Prospect.MOVING: "on their way",
    Prospect.WAIT: "would wait",
    Prospect.REFUSE: "would be refused",
    Prospect.RETRY: "failed, tried again later",
    Prospect.RELEASE: "would release",
    Prospect.KEEP: "would keep what is unwanted",
    Prospect.STUCK: "stuck",
    Prospect.LATER: "to be looked at again",
    Prospect.IGNORE: "left alone",
    Prospect.CLOSE: "would close their record",
    Prospect.NOTHING: "want nothing",
    Prospect.GONE: "not there",
}


def heading(it: Forecast) -> str:
    """Name an instance, and what decides where it may be attached."""
    here = it.instance
    if here is None:
        return it.id
    name = f" ({here.name})" if here.name else ""
    return f"{it.id}{name}, {here.type}, {here.state}, {here.vpc} in {here.zone}"


def sentence(it: Outlook) -> str:
    """Say what would become of a target, with the reason and its detail."""
    record = it.record
    again = f"after {print_time(record.retry_at)}" if record and record.retry_at else "soon"
    said = SENTENCES[it.prospect].format(what=_what(record), again=again)
    said = f"{said}{_when(it.confirmation)}"
    if it.prospect is Prospect.RELEASE and it.wanted:
        return f"{said}, and ask for index {it.pin} afterwards"
    reason = "" if it.prospect is Prospect.RELEASE else it.reason
    why = ": ".join(part for part in (reason, it.detail) if part)
    return f"{said}: {why}" if why else said


def warnings(it: Outlook) -> Iterator[tuple[Reason, str]]:
    """Yield what should be known although the attachment goes ahead, each with its advice."""
    if it.record:
        yield from zip(it.record.warnings, advice_on(it.record), strict=True)


def totals(prospects: Counter[Prospect]) -> str:
    """Say how many targets there are of each prospect."""
    return ", ".join(f"{prospects[it]} {TOTALS[it]}" for it in Prospect if prospects[it])


def _when(it: Confirmation | None) -> str:
    """No single reading releases: say when the second one is made, on which it rests."""
    if it is None:
        return ""
    if it.due:
        return f" at {print_time(it.due)}, if a second reading agrees"
    if not it.delay:
        return ", if EC2 says the same when asked by id"
    return f" after {print_age(it.delay)}, if a second reading agrees"


def refused(it: Outlook) -> str:
    """Say what comes last in order, and why; empty if nothing does."""
    if not it.refusals:
        return ""
    chosen = it.record.interface if it.record and it.prospect is Prospect.ATTACH else None
    again = chosen in {refusal.interface for refusal in it.refusals}
    lead = f"{chosen} comes last, and no other is free" if again else "last in order"
    return f"{lead}: {print_refusals(it.refusals)}"


def _what(record: Attachment | None) -> str:
    if record is None or record.interface is None:
        return "an interface"
    return f"{record.interface} at index {record.slot.index}" if record.slot else record.interface


MUST_ACT = frozenset({Prospect.REFUSE, Prospect.STUCK, Prospect.GONE})


def lines_of(forecast: Forecast, *, verbose: bool) -> Iterator[Line]:
    """Yield what there is to say of an instance; each rejected interface only if ``verbose``."""
    yield Line(0, heading(forecast), "bold")
    for outlook in forecast.outlooks:
        name = outlook.target if outlook.pin is None else f"{outlook.target}@{outlook.pin}"
        said = sentence(outlook)
        yield Line(1, f"{name}: {said}" if name else said, _style(outlook))
        if outlook.advice:
            yield Line(2, outlook.advice)
        for warning, advice in warnings(outlook):
            yield Line(2, f"warning, {warning}: {advice}", "yellow")
        yield from _passed_over(outlook, verbose=verbose)
        if last := refused(outlook):
            yield Line(2, last, "dim" if outlook.good else "")


def _passed_over(it: Outlook, *, verbose: bool) -> Iterator[Line]:
    if not it.rejections:
        return
    groups = grouped(it.rejections)
    promised = f", {len(it.promised)} promised above" if it.promised else ""
    if it.good and not verbose:
        summary = ", ".join(f"{group.count} {group.reason}" for group in groups)
        yield Line(2, f"passed over: {summary}{promised}", "dim")
        return
    count = len(it.rejections)
    yield Line(2, f"{count} {'interface' if count == 1 else 'interfaces'} rejected{promised}:")
    if verbose:
        ordered = sorted(it.rejections, key=lambda it: (-it.rank, it.interface))
        yield from (Line(3, _one(rejection)) for rejection in ordered)
    else:
        width = max(len(group.reason) for group in groups)
        yield from (Line(3, _example(group, width)) for group in groups)


def _example(it: Group, width: int) -> str:
    example = f"{it.example.interface}: {it.example.detail}"
    return f"{it.count:5} {it.reason.ljust(width)}  {'such as ' * (it.count > 1)}{example}"


def _one(it: Rejection) -> str:
    return f"{it.interface} {it.reason}: {it.detail}"


def _style(it: Outlook) -> str:
    if it.good:
        return "green" if it.wanted else ""
    return "red" if it.prospect in MUST_ACT else "yellow"
