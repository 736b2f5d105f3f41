"""How a step should end, attached or refused, and how that is told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from demo.facts import Attached
from demo.network import Host, Network
from demo.stage import Chapter, Stage, Step
from demo.watch import NOTHING, Ending, Expectation, names, same
from dualhome.domain.reasons import Reason


@dataclass(frozen=True)
class Want:
    """A target, the device index at which it should be, and the warning it should carry."""

    target: str
    index: int
    warning: Reason | None = None


def expect_attached(stage: Stage, step: Step, wants: Sequence[Want]) -> Chapter:
    """Expect each target attached, as its record, EC2 and the status tags say."""
    ending = stage.follow(step, [want.target for want in wants])
    pools = {stage.network.name_of(it.vpc): it for it in ending.interfaces if it.index > 0}
    words = sorted(_word(want, pools.get(want.target)) for want in wants)
    expectations = [
        *(it for want in wants for it in _attached(want, step.host, ending, pools)),
        same(f"tag on {step.host.name}", " ".join(words), ending.status),
        *(it for want in wants for it in _tagged(want, pools)),
    ]
    stage.screen.expectations(expectations)
    for warning in [want.warning for want in wants if want.warning]:
        stage.screen.fact("advice", warning.advice)
    _show_interfaces(stage, ending)
    return _close(stage, step, ending, expectations)


def expect_refused(
    stage: Stage, step: Step, reason: Reason, told: Iterable[tuple[str, str]]
) -> Chapter:
    """Expect target mgmt refused for ``reason``, with a detail that names what is ``told``."""
    ending = stage.follow(step, ["mgmt"])
    record = ending.records.get("mgmt")
    detail = record.detail if record else ""
    expectations = [
        same("mgmt, record", "refused", record.state if record else ""),
        same("reason", reason, (record.reason if record else None) or ""),
        *(names(what, word, detail) for what, word in told),
        same("interfaces, in EC2", "its own alone", _beyond_its_own(ending)),
        same(f"tag on {step.host.name}", f"mgmt=refused:{reason}", ending.status),
    ]
    stage.screen.expectations(expectations)
    stage.screen.fact("told", detail or NOTHING)
    stage.screen.fact("advice", reason.advice)
    return _close(stage, step, ending, expectations)


def _attached(
    want: Want, host: Host, ending: Ending, pools: Mapping[str, Attached]
) -> Iterator[Expectation]:
    record, seen = ending.records.get(want.target), pools.get(want.target)
    where = f"{seen.status} at index {seen.index}, {seen.zone}" if seen else ""
    yield same(f"{want.target}, record", "attached", record.state if record else "")
    yield same(f"{want.target}, in EC2", f"attached at index {want.index}, {host.zone}", where)
    if want.warning:
        warnings = " ".join(record.warnings if record else ())
        yield same(f"{want.target}, warning", want.warning, warnings)


def _word(want: Want, seen: Attached | None) -> str:
    return f"{want.target}=attached:{seen.interface if seen else 'eni-?'}@{want.index}"


def _tagged(want: Want, pools: Mapping[str, Attached]) -> Iterator[Expectation]:
    """An interface's tag lists all targets of its instance; its own word is the one to read."""
    if seen := pools.get(want.target):
        yield names(f"tag on {seen.address}", _word(want, seen), seen.tag)


def _beyond_its_own(ending: Ending) -> str:
    others = sum(it.index > 0 for it in ending.interfaces)
    return f"{others} more" if others else "its own alone"


def _show_interfaces(stage: Stage, ending: Ending) -> None:
    stage.screen.table(
        ("index>", "address", "VPC", "zone", "interface~", "in EC2"),
        [_row(stage.network, it) for it in ending.interfaces],
    )


def _row(network: Network, it: Attached) -> tuple[str, ...]:
    vpc = network.name_of(it.vpc)
    return (str(it.index), it.address, vpc, it.zone, it.interface, it.status)


def _close(
    stage: Stage, step: Step, ending: Ending, expectations: Sequence[Expectation]
) -> Chapter:
    for it in ending.timings:
        stage.screen.fact(f"time, {it.target}", it.text)
    return Chapter(step, ending.timings, expectations, stage.calls_since(step.beginning))
