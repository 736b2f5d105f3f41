"""What is counted, in the lines that the functions really write."""

import json
from contextlib import redirect_stdout
from io import StringIO

import pytest

from dualhome.adapters.emf_metrics import count_ec2_call
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import DATA, MGMT, NOW, OTHER_ZONE, ZONE
from tests.support.readers.metrics import (
    Emission,
    ec2_calls,
    emitted,
    held_back,
    move,
    paused,
    sweep,
)

pytestmark = pytest.mark.usefixtures("environment_of_functions")

THROTTLED = "RequestLimitExceeded"


def counted(name: str, *emissions: Emission) -> dict[tuple[str, ...], float]:
    """Return the sum of a metric under the values of each set of its dimensions, but `service`."""
    sums: dict[tuple[str, ...], float] = {}
    for it in emitted(*emissions):
        if it.name == name:
            values = tuple(value for key, value in sorted(it.dimensions) if key != "service")
            sums[values] = sums.get(values, 0) + it.value
    return sums


def test_a_move_is_counted_by_state_by_reason_and_altogether() -> None:
    """Alarms look at one combination, the dashboard at all of a kind."""
    refused = move(None, State.REFUSED, reason=Reason.NOT_ALLOWED)
    attaching = move(State.CLAIMED, State.ATTACHING)

    assert counted("Moves", refused, refused, attaching) == {
        (): 3,
        ("refused",): 2,
        ("NOT_ALLOWED", "refused"): 2,
        ("attaching",): 1,
        ("none", "attaching"): 1,
    }


def test_an_attachment_is_timed_by_target_and_altogether() -> None:
    """The alarm asks how long attaching takes, the operator asks for which target."""
    attached = move(State.ATTACHING, State.ATTACHED, took=7)

    assert counted("SecondsToAttached", attached) == {(): 7, (MGMT,): 7}
    assert {"Seconds"} == {it.unit for it in emitted(attached) if it.name == "SecondsToAttached"}


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        (move(State.ATTACHING, State.ATTACHED), {(): 0}),
        (move(State.RELEASING, State.FAILED), {(): 1}),
        (move(State.RELEASING, State.RELEASED), {}),
        (move(None, State.REFUSED), {}),
        (held_back(), {}),  # it was attached before
    ],
)
def test_an_attach_that_ended_failed_or_did_not(
    moved: Emission, expected: dict[tuple[str, ...], float]
) -> None:
    """The average is the share of failures: nothing else may thin it out."""
    assert expected == counted("AttachFailed", moved)


def test_each_attempt_of_a_call_of_ec2_is_counted_by_action() -> None:
    """EC2's limits count attempts, not what came of them."""
    calls = [ec2_calls(2), ec2_calls(3, 503, THROTTLED)]

    assert counted("Ec2Calls", *calls) == {(): 5, ("DescribeInstances",): 5}
    assert counted("Ec2Throttles", *calls) == {(): 3, ("DescribeInstances",): 3}


def test_a_call_that_ec2_refuses_for_another_reason_is_not_throttled() -> None:
    """Permissions and rules are no matter of pace."""
    assert counted("Ec2Throttles", ec2_calls(1, 403, "UnauthorizedOperation"))[()] == 0


def test_a_call_that_is_not_answered_is_counted() -> None:
    """It may well have been carried out."""
    unanswered = "response-received.ec2.AttachNetworkInterface"

    found = counted("Ec2Calls", lambda: count_ec2_call(unanswered, None, exception=OSError()))

    assert found == {(): 1, ("AttachNetworkInterface",): 1}


def test_a_sweep_that_has_not_come_round_tells_only_that_there_was_one() -> None:
    """Half of the figures would look like an account that has shrunk."""
    names = {it.name for it in emitted(sweep(swept=False))}

    assert names == {"SweepTicks", "Paused"}


def test_every_state_but_released_is_counted_though_no_record_is_in_it() -> None:
    """An alarm ends by a zero, not by silence."""
    states = counted("Attachments", sweep(states={State.ATTACHED: 2, State.STUCK: 1}))

    assert states.keys() == {(state.value,) for state in State} - {("released",)}
    assert (states["attached",], states["stuck",], states["failed",]) == (2, 1, 0)


def test_free_interfaces_are_counted_by_target_and_zone_and_so_are_low_pools() -> None:
    """Two free are enough here, one and none are not."""
    found = sweep(pools={(MGMT, ZONE): 2, (MGMT, OTHER_ZONE): 1, (DATA, ZONE): 0})

    assert counted("PoolFree", found) == {
        (MGMT, ZONE): 2,
        (MGMT, OTHER_ZONE): 1,
        (DATA, ZONE): 0,
    }
    assert counted("PoolsLow", found) == {(): 2}


def test_a_pause_and_its_end_are_counted_at_once_as_by_every_sweep() -> None:
    """One alarm looks at both: it need not wait for a sweep, and a sweep does not undo it."""
    by_command = [figure for on in (True, False) for figure in emitted(paused(on=on))]
    by_sweeps = [
        figure
        for on in (True, False)
        for figure in emitted(sweep(paused=on))
        if figure.name == "Paused"
    ]

    assert [1, 0] == [figure.value for figure in by_command]
    assert by_sweeps == by_command


def test_a_pause_that_is_published_late_is_dated_as_it_was_made() -> None:
    """Redriven a day later, it would raise an alarm on a stack that is not paused."""
    log = StringIO()

    with redirect_stdout(log):
        paused()()

    body = json.loads(log.getvalue())
    assert int(NOW.timestamp() * 1000) == body["_aws"]["Timestamp"]
