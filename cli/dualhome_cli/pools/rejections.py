"""Skipped interfaces by reason: those first that passed most rules."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from dualhome.domain.planning.eligibility import Rejection
from dualhome.domain.reasons import Reason


@dataclass(frozen=True, slots=True)
class Group:
    """The rejections for one reason; ``example`` came closest."""

    reason: Reason
    count: int
    example: Rejection


def grouped(rejections: Iterable[Rejection]) -> list[Group]:
    """Return a group for each reason; those first whose interfaces passed most rules."""
    by_reason: dict[Reason, list[Rejection]] = defaultdict(list)
    for rejection in rejections:
        by_reason[rejection.reason].append(rejection)
    groups = [
        Group(reason, len(alike), max(alike, key=lambda it: (it.rank, it.interface)))
        for reason, alike in by_reason.items()
    ]
    return sorted(groups, key=lambda it: (-it.example.rank, it.reason))


def counts(rejections: Iterable[Rejection]) -> dict[str, int]:
    """Return how many were rejected for each reason."""
    return {str(group.reason): group.count for group in grouped(rejections)}
