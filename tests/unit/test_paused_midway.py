"""A pause that begins in the middle of work stops what has not begun, and undoes nothing."""

from dualhome.application.requests import ReconcileRequest
from dualhome.domain.attachment import OperatorAction, OperatorRequest
from dualhome.domain.errors import ThrottledError, UnavailableError
from dualhome.domain.planning.observe import ATTACH_TIMEOUT, IN_FLIGHT
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    OPERATOR,
    a_cause,
    a_pause,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.attached import attached, holder, paused, unpaused
from tests.support.scenarios.scene import Scene, a_scene

TARGETS = "dualhome:targets"
THROTTLED = ThrottledError("Request limit exceeded.", code="RequestLimitExceeded")
MANY = [f"i-{number:02}" for number in range(1, 11)]


def test_a_pause_in_the_middle_of_a_batch_stops_the_rest_of_it() -> None:
    """Nothing is claimed, and nothing attached, once the pause is read."""
    scene = a_scene(*map(an_instance, MANY), *(an_interface(f"eni-{it[2:]}") for it in MANY))
    third = Halfway(scene, attaches=3)

    scene.request(*MANY)

    assert third.begun
    assert 3 == scene.calls.count("attach")
    states = [(scene.record(instance=it).state, scene.record(instance=it).reason) for it in MANY]
    assert [(State.ATTACHING, None)] * 3 + [(State.WAITING, Reason.PAUSED)] * 7 == states
    assert 3 == len(scene.ledger.claimed())


class Halfway:
    """Lets the pause begin after so many attaches, and the second pass in which it is not read."""

    def __init__(self, scene: Scene, attaches: int) -> None:
        self.begun = False
        self._scene, self._left = scene, attaches
        scene.calls.before_next("attach", self._count, times=attaches)

    def _count(self) -> None:
        self._left -= 1
        if not self._left:
            self.begun = True
            paused(self._scene)


def test_a_pause_between_claim_and_attach_leaves_the_claim_in_doubt() -> None:
    """Nothing is asked of EC2; the claim, which no one attaches for, is dropped in its time."""
    scene = a_scene(an_instance(), an_interface())
    scene.calls.before_next("commit", lambda: paused(scene))

    scene.request()
    claimed = scene.record().state
    scene.work_off(2 * IN_FLIGHT.total_seconds())

    assert State.CLAIMED == claimed
    assert (State.WAITING, Reason.PAUSED) == (scene.record().state, scene.record().reason)
    assert 0 == scene.calls.count("attach")
    assert {} == scene.ledger.claimed()


def test_an_attach_that_was_carried_out_before_the_pause_was_read_is_recorded() -> None:
    """The SDK's next try is stopped; what EC2 did at the first one, it shows."""
    scene = a_scene(an_instance(), an_interface(), tries=2)
    lost = UnavailableError("no answer", code="InternalError")
    scene.calls.fail_next("attach", lost, after_execution=True)
    scene.calls.before_next("attach", lambda: paused(scene))

    scene.request()
    scene.work_off()

    assert 1 == scene.calls.count("attach")
    assert (State.ATTACHED, INSTANCE) == (scene.record().state, holder(scene))


def test_an_old_claim_that_meets_a_pause_is_not_refused() -> None:
    """A pause says nothing of the interface: a claim that was only throttled stays one."""
    scene = a_scene(an_instance(), an_interface(), tries=2)
    scene.calls.fail_next("attach", THROTTLED, times=99)
    scene.request()
    scene.work_off(ATTACH_TIMEOUT.total_seconds() + 30)
    old = scene.record()
    scene.calls.calm_down()
    scene.calls.before_next("attach", lambda: _pause_and_fail(scene))

    scene.request(event="event-2")

    assert (State.CLAIMED, old) == (old.state, scene.record())
    assert scene.clock() - old.since > ATTACH_TIMEOUT


def _pause_and_fail(scene: Scene) -> None:
    paused(scene)
    raise UnavailableError("no answer", code="InternalError")


def test_a_pause_between_two_targets_of_an_instance_claims_no_second_one() -> None:
    """Both were planned before it."""
    scene = a_scene(
        an_instance(targets="mgmt data"),
        a_vpc("vpc-0c", target="data"),
        an_interface(),
        an_interface("eni-02", pool="data", vpc="vpc-0c"),
    )
    scene.calls.before_next("attach", lambda: paused(scene))

    scene.request()

    assert [[State.CLAIMED, State.ATTACHING], [State.WAITING]] == sorted(
        scene.states(target) for target in ("mgmt", "data")
    )
    assert 1 == scene.calls.count("attach")


def test_a_pause_that_begins_between_two_pages_of_a_sweep_counts_from_the_next_page() -> None:
    """A sweep of a large account takes minutes."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.calls.before_next("describe_pools", lambda: paused(scene))
    sweeper = Sweeper(scene, most_releases=0)

    report = sweeper.sweep()

    assert (True, 0, False) == (report.paused, report.releases, report.tripped)
    assert [INSTANCE] == sweeper.requested()


def test_what_an_operator_asked_for_before_the_pause_is_recorded_and_done_after_it() -> None:
    """The request waited in the queue; it is not asked for twice."""
    scene = attached()
    request = OperatorRequest(OperatorAction.RELEASE)
    cause = a_cause("ask", time=scene.clock(), principal=OPERATOR)

    paused(scene).invoke(ReconcileRequest(INSTANCE, cause, operator_requests=(request,)))
    scene.work_off()
    held = scene.record()
    unpaused(scene).request(event="resume")
    scene.clock.advance(1)

    assert (State.RELEASING, Reason.OPERATOR_ASKED) == (held.state, held.reason)
    assert 0 == scene.calls.count("detach")
    scene.work_off()
    assert 1 == scene.calls.count("detach")


def test_no_reading_outlives_its_invocation() -> None:
    """Lambda freezes a function between two: the second may come while its clock stands still."""
    scene = a_scene(an_instance(), an_instance("i-02"), an_interface(), an_interface("eni-02"))
    scene.request()
    scene.pauses.written = a_pause()

    scene.request("i-02")
    report = Sweeper(scene).sweep()

    assert State.WAITING == scene.record(instance="i-02").state
    assert report.paused
