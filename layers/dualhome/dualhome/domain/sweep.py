"""A sweep's checkpoint and its findings: how far it has come, and what it found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self, TypeVar

from dualhome.domain.drift import Drift
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, Zone
from dualhome.domain.states import SETTLED, State

Key = TypeVar("Key", bound=str)

NOTED = 200
"""So many wrong status tags are noted for the next round; it finds the others."""

LISTED = 100
"""So many foreign attachments, and so many inconsistent claims, are named at most."""


@dataclass(frozen=True, slots=True)
class SweepFindings:
    """
    What was found.

    ``instances`` are those that ask, ``drifts`` counts drifts, ``states`` the records that are not
    released, ``free`` the interfaces that any instance could be given, where there are any that are
    not reserved. ``targets`` are those that have a pool, or a record that holds an interface.
    ``unwanted`` are the instances that would lose one.
    ``misstated`` are resources whose status tag is wrong, each with a mark of what it says and what
    it should say; ``repairs`` are those of which a repair was asked for.
    ``paused`` says that records were read while paused, so that ``unwanted`` lacks some.
    """

    instances: int = 0
    drifts: Mapping[Drift, int] = field(default_factory=dict)
    states: Mapping[State, int] = field(default_factory=dict)
    free: Mapping[TargetName, Mapping[Zone, int]] = field(default_factory=dict)
    targets: tuple[TargetName, ...] = ()
    foreign_attachments: tuple[tuple[InterfaceId, InstanceId], ...] = ()
    inconsistent_claims: tuple[InterfaceId, ...] = ()
    unwanted: tuple[InstanceId, ...] = ()
    misstated: Mapping[str, str] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()
    paused: bool = False

    def __add__(self, other: Self) -> Self:
        return replace(
            self,
            instances=self.instances + other.instances,
            drifts=_sum(self.drifts, other.drifts),
            states=_sum(self.states, other.states),
            free={
                target: _sum(self.free.get(target, {}), other.free.get(target, {}))
                for target in sorted(self.free.keys() | other.free.keys())
            },
            targets=_union(self.targets, other.targets),
            foreign_attachments=tuple(
                sorted({*self.foreign_attachments, *other.foreign_attachments})
            )[:LISTED],
            inconsistent_claims=_union(self.inconsistent_claims, other.inconsistent_claims)[
                :LISTED
            ],
            unwanted=_union(self.unwanted, other.unwanted),
            misstated=dict(sorted({**other.misstated, **self.misstated}.items())[:NOTED]),
            repairs=_union(self.repairs, other.repairs),
            paused=self.paused or other.paused,
        )


def _sum(one: Mapping[Key, int], other: Mapping[Key, int]) -> dict[Key, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in sorted({**one, **other})}


def _union(one: Iterable[Key], other: Iterable[Key]) -> tuple[Key, ...]:
    return tuple(sorted({*one, *other}))


REPAIRS = 100
"""So many status tags are repaired in a round."""

REPAIRED_FOR = timedelta(hours=1)
"""A resource whose tag was repaired is left alone for so long."""

REMEMBERED = 1200
"""So many repairs are remembered, a hundred every five minutes; with more, none is asked for."""


class Phase(StrEnum):
    """
    What a round reads, in this order.

    The attached come before all that lacks something: the breaker must be open by then.
    """

    POOLS = "pools"
    ATTACHED = "attached"
    UNSETTLED = "unsettled"
    ASKING = "asking"
    RELEASES = "releases"
    """Nothing is read any more: what is unwanted is released, or not."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class SweepCheckpoint:
    """
    A round between two pages.

    ``at`` is when the last page was read, ``version`` counts the pages of all sweeps.
    ``part`` is the target, or the state, whose records are being read, ``token`` the next page.
    ``targets`` are known from the rounds before; ``before`` is what the finished phases found,
    ``findings`` what this one has. ``noted`` is ``misstated`` of the last sweep, ``repaired`` says
    when the status tags were repaired that earlier rounds have asked to repair.
    """

    at: datetime
    version: int = 0
    phase: Phase = Phase.POOLS
    part: str = ""
    token: str | None = None
    targets: tuple[TargetName, ...] = ()
    before: SweepFindings = field(default_factory=SweepFindings)
    findings: SweepFindings = field(default_factory=SweepFindings)
    noted: Mapping[str, str] = field(default_factory=dict)
    repaired: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def found(self) -> SweepFindings:
        """What was found so far."""
        return self.before + self.findings

    def known(self) -> frozenset[TargetName]:
        """
        Return every target under which something may be attached.

        One without a pool, and without a record that holds, is forgotten when its round is done.
        """
        earlier = () if self.phase is Phase.DONE else self.targets
        return frozenset({*earlier, *self.found.targets})

    def next_sweep(self, now: datetime) -> Self:
        """Return the beginning of the round that follows this one."""
        asked = dict.fromkeys(self.found.repairs, self.at)
        return type(self)(
            now,
            self.version,
            targets=tuple(sorted(self.known())),
            noted=self.found.misstated if self.phase is Phase.DONE else {},
            repaired={
                resource: at
                for resource, at in {**self.repaired, **asked}.items()
                if now - at < REPAIRED_FOR
            },
        )

    def may_repair(self, resource: str, mark: str) -> bool:
        """Return whether two rounds agree on a wrong tag, and there is room for its repair."""
        asked = self.found.repairs
        room = len(asked) < REPAIRS and len(self.repaired) + len(asked) < REMEMBERED
        return room and self.noted.get(resource) == mark and resource not in asked

    def after_page(
        self, found: SweepFindings, token: str | None, most_unwanted: int
    ) -> "SweepCheckpoint":
        """Return the round after a page: at the next page, part or phase."""
        findings = self.findings + found
        here = replace(
            self,
            token=token,
            findings=replace(findings, unwanted=findings.unwanted[:most_unwanted]),
        )
        if token is not None:
            return here
        later = [part for part in _parts(here) if part > here.part]
        return replace(here, part=later[0]) if later else _next_phase(here)

    def phase_anew(self) -> Self:
        """Return the round at the beginning of its phase, what that has found forgotten."""
        return replace(self, part=_parts(self)[0], token=None, findings=SweepFindings())


def _parts(checkpoint: SweepCheckpoint) -> Sequence[str]:
    match checkpoint.phase:
        case Phase.ATTACHED:
            return sorted({*checkpoint.targets, *checkpoint.before.targets})
        case Phase.UNSETTLED:
            return sorted(set(State) - SETTLED)
        case _:
            return [""]


def _next_phase(checkpoint: SweepCheckpoint) -> SweepCheckpoint:
    phases = list(Phase)
    following = phases[phases.index(checkpoint.phase) + 1]
    entered = replace(
        checkpoint, phase=following, before=checkpoint.found, findings=SweepFindings()
    )
    parts = _parts(entered)
    return replace(entered, part=parts[0]) if parts else _next_phase(entered)
