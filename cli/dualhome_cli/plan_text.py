"""A plan as lines for people: an instance, its targets, and what was passed over."""

from collections.abc import Iterator

from dualhome.domain.eligibility import Rejection
from dualhome_cli.grouping import Group, grouped
from dualhome_cli.lines import Line
from dualhome_cli.outlook import Forecast, Outlook, Prospect
from dualhome_cli.plan_words import heading, refused, sentence, warnings

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
