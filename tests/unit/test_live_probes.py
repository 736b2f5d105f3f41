"""What probes make of an answer, and the constants that they measure against."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from dualhome.application.rollback import POLLS
from dualhome.domain.errors import SlotTakenError
from dualhome.domain.states import poll_delay
from live.probes import timing
from live.probes.refusals import is_accepted, is_refused_as, is_refused_with
from tests.support.readers.template import parsed

TAKEN = "already has an interface attached at device index '1'."


def answering(code: str, message: str = "") -> Callable[[], None]:
    """Return a call that EC2 refuses."""

    def call() -> None:
        raise ClientError({"Error": {"Code": code, "Message": message}}, "AttachNetworkInterface")

    return call


def judged(call: Callable[[], None]) -> tuple[bool | None, bool | None, bool | None]:
    """Return whether beliefs hold: that it is refused so and with this code, and is accepted."""
    seen = (
        is_refused_as(SlotTakenError, call),
        is_refused_with("InvalidParameterValue", call),
        is_accepted(call),
    )
    return seen[0].holds, seen[1].holds, seen[2].holds


def test_a_refusal_confirms_one_belief_and_refutes_another() -> None:
    """By its code, or by what dualhome takes it for."""
    assert (True, True, False) == judged(answering("InvalidParameterValue", TAKEN))
    assert (False, True, False) == judged(answering("InvalidParameterValue", "no room"))
    assert (False, False, False) == judged(answering("UnsupportedOperation"))
    assert (False, False, True) == judged(lambda: None)


@pytest.mark.parametrize(
    "code", ["UnauthorizedOperation", "RequestLimitExceeded", "InvalidInstanceID.NotFound"]
)
def test_a_refusal_that_is_not_about_the_belief_leaves_it_open(code: str) -> None:
    """A caller without permission has seen nothing of EC2's rules."""
    assert (None, None, None) == judged(answering(code))


def test_a_refusal_is_shown_in_the_words_of_ec2() -> None:
    """A report of a run is all that there is afterwards."""
    seen = is_refused_as(SlotTakenError, answering("InvalidParameterValue", TAKEN))

    assert f"InvalidParameterValue: {TAKEN}; dualhome takes it for SlotTakenError" == seen.what


def test_probes_measure_against_what_the_stack_waits_for() -> None:
    """Else a belief would hold that the product does not share."""
    delay = parsed("template.yaml")["Parameters"]["ReleaseDelaySeconds"]["Default"]
    polled = sum(poll_delay(number).total_seconds() for number in range(1, POLLS))

    assert timing.CONFIRMED == delay
    assert timing.DETACH * 3 < polled
    assert (300, 60, 60, 22) == (
        timing.ATTACH,
        timing.VISIBLE,
        timing.TAG_EVENT,
        timing.TAGS_LISTED,
    )
