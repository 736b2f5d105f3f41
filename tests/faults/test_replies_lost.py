"""A reply is lost after the call was carried out, or a write meets another: what is so decides."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.deployed.faults.runs import CLOSER, RECONCILER, Run, Survived, prepare, survive
from tests.support.deployed.world import World
from tests.support.samples import sampled

Order = Mapping[str, Any]

CLIENT_TRIES = 3
ATTACH, DETACH = {"action": "AttachNetworkInterface"}, {"action": "DetachNetworkInterface"}
WRITE, SEND = {"action": "TransactWriteItems"}, {"service": "sqs", "role": RECONCILER}
CUT = {"do": "cut", "when": "after"}
DYNAMODB = {"service": "dynamodb", "do": "error", "status": 400}
CONFLICT = DYNAMODB | {
    "code": "TransactionCanceledException",
    "message": "Transaction cancelled, please refer cancellation reasons",
    "fields": {"CancellationReasons": [{"Code": "TransactionConflict"}, {"Code": "None"}]},
}
THROTTLED = DYNAMODB | {"code": "ProvisionedThroughputExceededException", "times": CLIENT_TRIES}

ATTACHING: dict[str, Order] = {
    "attach cut off": CUT | ATTACH,
    "each attach cut off": CUT | ATTACH | {"times": CLIENT_TRIES},
    "attach cut off before": {"do": "cut", "times": CLIENT_TRIES} | ATTACH,
    "attach carried out, InternalError": {"do": "error", "when": "after"} | ATTACH,
    "each attach carried out, InternalError": {"do": "error", "when": "after", "times": 3} | ATTACH,
    "requeue cut off": CUT | SEND | {"times": CLIENT_TRIES},
    "read cut off": CUT | {"action": "DescribeNetworkInterfaces", "times": CLIENT_TRIES},
    **{f"write {n} cut off": CUT | WRITE | {"nth": n} for n in (1, 2, 3)},
    **{f"write {n} cut off thrice": CUT | WRITE | {"nth": n, "times": 3} for n in (1, 2, 3)},
    **{f"write {n} in conflict": CONFLICT | WRITE | {"nth": n} for n in (1, 2, 3)},
    **{f"DynamoDB throttled at {n}": THROTTLED | {"nth": n} for n in range(1, 9)},
}
RELEASING: dict[str, Order] = {
    "detach cut off": CUT | DETACH,
    "each detach cut off": CUT | DETACH | {"times": CLIENT_TRIES},
    "detach carried out, InternalError": {"do": "error", "when": "after", "times": 3} | DETACH,
    "rollback's start cut off": CUT | {"service": "states"},
    "rollback's start cut off thrice": CUT | {"service": "states", "times": CLIENT_TRIES},
    **{f"write {n} cut off": CUT | WRITE | {"nth": n, "times": 3} for n in (1, 2)},
    **{f"write {n} in conflict": CONFLICT | WRITE | {"nth": n} for n in (1, 2)},
    "settling in conflict for long": CONFLICT | WRITE | {"role": CLOSER, "times": 4},
    **{f"DynamoDB throttled at {n}": THROTTLED | {"nth": n} for n in range(1, 10)},
}


def seam(case: str) -> str:
    """Return what is alike: the same fault at another of the same calls."""
    return re.sub(r"\d+", "n", case)


ATTACH_CASES, RELEASE_CASES = sampled(ATTACHING, seam), sampled(RELEASING, seam)


@pytest.fixture(scope="module")
def attaching(world: World) -> Mapping[str, Survived]:
    """One run for each."""

    def go(case: str, run: Run) -> None:
        run.interrupt(**ATTACHING[case])
        run.ask()

    return survive("reply lost, conflict, DynamoDB", prepare(world, ATTACH_CASES), go)


@pytest.fixture(scope="module")
def releasing(attaching: Mapping[str, Survived]) -> Mapping[str, Survived]:
    """One run for each."""
    runs = dict(zip(RELEASE_CASES, (it.run for it in attaching.values()), strict=False))
    assert len(runs) == len(RELEASE_CASES)

    def go(case: str, run: Run) -> None:
        run.interrupt(**RELEASING[case])
        run.leave()

    return survive("reply lost, conflict, DynamoDB", runs, go)


@pytest.mark.parametrize("case", ATTACH_CASES)
def test_an_attach_ends_attached_once(attaching: Mapping[str, Survived], case: str) -> None:
    """The call has no token; what it did is not taken for a manual attachment."""
    it = attaching[case]

    assert it.broken == []
    assert (it.met >= 1, it.state, it.record["origin"]) == (True, "attached", "pool")


@pytest.mark.parametrize("case", RELEASE_CASES)
def test_a_release_ends_released(releasing: Mapping[str, Survived], case: str) -> None:
    """A second detach finds that the first one was carried out."""
    it = releasing[case]

    assert it.broken == []
    assert (it.met >= 1, it.state, it.record["reason"]) == (True, "released", "NOT_WANTED")
