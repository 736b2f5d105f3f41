"""What a sweep has found so far, as figures and short lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self, TypeVar

from dualhome.domain.drift import Drift
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, Zone
from dualhome.domain.states import State

Key = TypeVar("Key", bound=str)

NOTED = 200
"""So many wrong status tags are noted for the next round; it finds the others."""

LISTED = 100
"""So many strangers, and so many torn claims, are named; what is found beyond is left out."""


@dataclass(frozen=True, slots=True)
class Tally:
    """
    What was found.

    ``instances`` are those that ask, ``looks`` counts drifts, ``states`` the records that are not
    released, ``free`` the interfaces that anybody could be given, where there are any that are not
    reserved. ``targets`` are those that have a pool, or a record that holds an interface.
    ``unwanted`` are the instances that would lose one.
    ``misstated`` are resources whose status tag is wrong, each with a mark of what it says and what
    it should say; ``repairs`` are those of which a repair was asked for.
    """

    instances: int = 0
    looks: Mapping[Drift, int] = field(default_factory=dict)
    states: Mapping[State, int] = field(default_factory=dict)
    free: Mapping[TargetName, Mapping[Zone, int]] = field(default_factory=dict)
    targets: tuple[TargetName, ...] = ()
    strangers: tuple[tuple[InterfaceId, InstanceId], ...] = ()
    torn: tuple[InterfaceId, ...] = ()
    unwanted: tuple[InstanceId, ...] = ()
    misstated: Mapping[str, str] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()

    def __add__(self, other: Self) -> Self:
        return replace(
            self,
            instances=self.instances + other.instances,
            looks=_sum(self.looks, other.looks),
            states=_sum(self.states, other.states),
            free={
                target: _sum(self.free.get(target, {}), other.free.get(target, {}))
                for target in sorted(self.free.keys() | other.free.keys())
            },
            targets=_union(self.targets, other.targets),
            strangers=tuple(sorted({*self.strangers, *other.strangers}))[:LISTED],
            torn=_union(self.torn, other.torn)[:LISTED],
            unwanted=_union(self.unwanted, other.unwanted),
            misstated=dict(sorted({**other.misstated, **self.misstated}.items())[:NOTED]),
            repairs=_union(self.repairs, other.repairs),
        )


def _sum(one: Mapping[Key, int], other: Mapping[Key, int]) -> dict[Key, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in sorted({**one, **other})}


def _union(one: Iterable[Key], other: Iterable[Key]) -> tuple[Key, ...]:
    return tuple(sorted({*one, *other}))
