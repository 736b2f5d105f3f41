"""A sweep of ten pages holds two of them at most, and keeps little of what it saw."""

from dataclasses import dataclass, replace
from functools import cache
from json import dumps

import pytest

from dualhome.adapters.dynamodb.items import values
from dualhome.application.sweep import SweepReport, sweep
from dualhome.domain.drift import Drift
from dualhome.domain.states import State
from dualhome.domain.sweep import SweepCheckpoint
from tests.support.builders.values import a_cause
from tests.support.fakes.ec2_scan import Sweeper, time_for
from tests.support.scenarios.scene import a_scene
from tests.unit.large_account import LargeAccount, counted_alone

MANY, PAGE = 1_000, 100
ALL_WANTED, NONE_WANTED = "mgmt data", None


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found, wrote, asked for, and held while it read."""

    report: SweepReport
    written: list[SweepCheckpoint]
    described: set[str]
    held: list[int]


@cache
def swept(targets: str | None, most_releases: int = 20) -> Swept:
    """Sweep a thousand instances which ask for ``targets``, and have `mgmt`; `data` waits."""
    account = LargeAccount(MANY, targets, PAGE)
    sweeper = Sweeper(a_scene(), most_releases)
    here = sweeper.context()
    compare = replace(
        here.compare, scan=account, instances=account, inventory=account, ledger=account
    )
    with counted_alone():
        report = sweep(replace(here, compare=compare), a_cause(), time_for(MANY))
    return Swept(report, sweeper.checkpoints.written, {*sweeper.requested()}, account.held)


@pytest.mark.parametrize("targets", [ALL_WANTED, NONE_WANTED])
def test_two_pages_are_held_at_most(targets: str | None) -> None:
    """Records, and the instances that they are compared with, whatever the account."""
    found = swept(targets)

    states = found.report.states
    assert MANY == found.report.instances == states[State.ATTACHED] == states[State.WAITING]
    assert PAGE <= max(found.held) <= 2 * PAGE


@pytest.mark.parametrize("targets", [ALL_WANTED, NONE_WANTED])
def test_what_is_kept_between_pages_does_not_grow_with_the_account(targets: str | None) -> None:
    """The checkpoint is written after each page: it holds figures, targets and short lists."""
    assert max(len(dumps(values(it))) for it in swept(targets).written) < 4096


def test_an_account_ten_times_a_page_costs_each_kind_of_page_ten_times() -> None:
    """Of pools, attached, waiting and asking; and one of each other state, and one at the end."""
    assert 4 * 10 + 6 + 1 == len(swept(ALL_WANTED).written)


def test_all_may_be_unwanted_and_allowed() -> None:
    """The largest limit that the parameter takes."""
    found = swept(NONE_WANTED, MANY)

    assert (MANY, False) == (found.report.releases, found.report.tripped)
    assert MANY == found.report.drifts[Drift.UNWANTED] == len(found.described)
