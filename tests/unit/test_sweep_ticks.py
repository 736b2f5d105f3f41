"""What a tick of the schedule answers, counts and logs."""

from dataclasses import dataclass, field

import pytest

from dualhome.application.sweep import SweepReport
from dualhome.domain.errors import AccessDeniedError, ThrottledError
from dualhome.entrypoints.sweep import Sweeper as Ticking
from dualhome.entrypoints.sweep import handle_tick
from tests.support.fakes.ec2_scan import Sweeper, time_for
from tests.support.scenarios.sweep_cases import SweepCase, a_fleet_of

THROTTLED = ThrottledError("Request limit exceeded.", code="RequestLimitExceeded")


@dataclass
class Context:
    """As much of Lambda's context as a tick needs: time for so many ``pages``."""

    pages: float
    aws_request_id: str = "request-1"

    def __post_init__(self) -> None:
        """Begin to count."""
        self._time_left = time_for(self.pages)

    def get_remaining_time_in_millis(self) -> float:
        """Return how long this invocation may yet run."""
        return self._time_left() * 1000


@dataclass
class Ticks:
    """A schedule over one deployment, and the reports that it counted."""

    sweeper: Sweeper
    counted: list[SweepReport] = field(default_factory=list)

    def tick(self, pages: float = 1000) -> bool:
        """Return whether all was compared since the tick began."""
        here = Ticking(self.sweeper.context(), self.counted.append)
        return handle_tick(Context(pages), here)["swept"]  # type: ignore[arg-type]


@pytest.fixture
def ticks() -> Ticks:
    """A deployment with an instance of each fate."""
    return Ticks(Sweeper(a_fleet_of(SweepCase)))


def test_a_round_that_one_tick_ends_was_all_compared_since_it_began(ticks: Ticks) -> None:
    """An operator who sweeps by hand has what they asked for."""
    assert ticks.tick()
    assert [True] == [report.swept for report in ticks.counted]


def test_a_round_that_was_resumed_was_not_all_compared_since(ticks: Ticks) -> None:
    """What changed meanwhile may lie on a page that was turned before: ask again."""
    assert [False, False, True] == [ticks.tick(3), ticks.tick(), ticks.tick()]
    assert [False, True, True] == [report.swept for report in ticks.counted]


def test_each_request_says_which_tick_asked_for_it(ticks: Ticks) -> None:
    """Who reads the audit finds the sweep's log by it."""
    ticks.tick()

    causes = {request.cause for _, request in ticks.sweeper.queue.queued}
    assert {("request-1", "dualhome", "Sweep")} == {
        (it.event_id, it.source, it.detail_type) for it in causes
    }


def test_a_tick_that_is_throttled_ends_well_and_the_next_one_goes_on(ticks: Ticks) -> None:
    """A dead letter would say for two weeks what was over after five minutes."""
    ticks.sweeper.scene.calls.fail_next("unsettled", THROTTLED)

    assert [False, False, True] == [ticks.tick(), ticks.tick(), ticks.tick()]
    assert [False, True, True] == [report.swept for report in ticks.counted]


def test_ticks_that_turn_no_page_are_not_counted(ticks: Ticks) -> None:
    """Three of them, and the alarm on sweeps that do not run is raised: no sweep gets further."""
    ticks.sweeper.scene.calls.fail_next("unsettled", THROTTLED, times=3)

    assert [False] * 3 == [ticks.tick() for _ in range(3)]
    assert [3] == [report.pages for report in ticks.counted]


def test_a_tick_that_may_not_read_fails(ticks: Ticks) -> None:
    """Lambda sets it aside, and an alarm tells: no other tick can do better."""
    ticks.sweeper.scene.calls.fail_next("claims", AccessDeniedError("no"))

    with pytest.raises(AccessDeniedError):
        ticks.tick()
