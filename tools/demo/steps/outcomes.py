"""How a step should end, attached or refused: what dualhome, EC2 and the status tags say."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from demo.command import Row
from demo.ec2_state import Shown, StatusTags, interfaces, place
from demo.network import Host
from demo.stage import Stage, Step, StepResult
from demo.watch import NOTHING, Expectation, names, same
from dualhome.domain.reasons import Reason


@dataclass(frozen=True)
class Want:
    """
    A target, and the device index at which it should be.

    ``warning`` is what its record should carry, ``planned`` the interface that it should be.
    """

    target: str
    index: int
    warning: Reason | None = None
    planned: str | None = None


def by_target(rows: Iterable[Row]) -> dict[str, Row]:
    """Return one instance's rows by their target."""
    return {row["target"]: row for row in rows}


@dataclass(frozen=True)
class Found:
    """What dualhome says of a wanted target, and what EC2 shows of the interface it names."""

    want: Want
    row: Row
    shown: Shown | None

    @property
    def interface(self) -> str:
        """The interface that dualhome names."""
        return self.row.get("interface") or "eni-?"

    @property
    def word(self) -> str:
        """What status tags should say."""
        return f"{self.want.target}=attached:{self.interface}@{self.want.index}"


def expect_attached(stage: Stage, step: Step, wants: Sequence[Want]) -> StepResult:
    """Expect each target attached, as `dualhome status`, EC2 and the status tags say."""
    host = step.host
    tags = stage.comes_to(host, {want.target: "attached" for want in wants})
    rows = by_target(stage.dualhome.ask("status", host.id))
    shown = interfaces(stage.stack.ec2, host.id)
    found = [
        Found(want, row, shown.get(row.get("interface") or ""))
        for want in wants
        for row in [rows.get(want.target, {})]
    ]
    expectations = [
        *(it for one in found for it in _attached(one, host)),
        same(
            f"tag on {host.name}",
            " ".join(sorted(one.word for one in found)),
            tags.get(host.id, ""),
        ),
        *(it for one in found for it in _tagged(one, tags)),
    ]
    return stage.close(step, expectations)


def expect_refused(
    stage: Stage, step: Step, reason: Reason, mentioned: Iterable[tuple[str, str]]
) -> StepResult:
    """Expect target mgmt refused for ``reason``; `dualhome plan` mentions each of ``mentioned``."""
    host = step.host
    tags = stage.comes_to(host, {"mgmt": "refused"})
    row = by_target(stage.dualhome.ask("plan", host.id)).get("mgmt", {})
    more = len(interfaces(stage.stack.ec2, host.id))
    expectations = [
        same("reason", reason, row.get("reason") or ""),
        *(names(what, word, row.get("detail") or "") for what, word in mentioned),
        same("interfaces, in EC2", "its own alone", f"{more} more" if more else "its own alone"),
        same(f"tag on {host.name}", f"mgmt=refused:{reason}", tags.get(host.id, "")),
    ]
    return stage.close(step, expectations)


def _attached(found: Found, host: Host) -> Iterator[Expectation]:
    want, row = found.want, found.row
    where = place("attached", want.index, host.zone)
    said = place(row.get("state"), row.get("device_index"), row.get("zone"))
    if want.planned is not None:
        yield same(f"{want.target}, as planned", want.planned, found.interface)
    shown = found.shown.where if found.shown else NOTHING
    both = said if said == shown else f"{said}; in EC2 {shown}"
    yield same(f"{want.target}, as in EC2", where, both)
    if want.warning:
        yield same(f"{want.target}, warning", want.warning, " ".join(row.get("warnings", ())))


def _tagged(found: Found, tags: StatusTags) -> Iterator[Expectation]:
    """An interface's tag lists all targets of its instance; its own word is the one to read."""
    if found.shown:
        tag = tags.get(found.interface, "")
        yield names(f"tag on {found.shown.address}", found.word, tag)
