"""The metrics that the functions write, read as CloudWatch reads them: embedded metric format."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import ClientError

from dualhome.adapters.emf_metrics import EmfMetrics, count_ec2_call, count_sweep
from dualhome.application.sweep import SweepReport
from dualhome.domain.attachment import AuditEntry, Move
from dualhome.domain.reasons import Reason
from dualhome.domain.states import LEGAL_MOVES, State
from tests.support.builders.values import MGMT, NOW, TRACE, ZONE, a_pause_change, a_record

Dimensions = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of one metric: namespace, name and dimensions are the metric's identity."""

    namespace: str
    name: str
    dimensions: Dimensions
    unit: str
    value: float


def figures(log: str) -> list[Figure]:
    """Return what the lines of ``log`` that are metrics say, each under each set of dimensions."""
    return [figure for line in log.splitlines() if '"_aws"' in line for figure in _read(line)]


def _read(line: str) -> Iterator[Figure]:
    body: dict[str, Any] = json.loads(line)
    for directive in body["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = frozenset((name, str(body[name])) for name in names)
            for metric in directive["Metrics"]:
                for value in body[metric["Name"]]:
                    yield Figure(
                        directive["Namespace"], metric["Name"], dimensions, metric["Unit"], value
                    )


Emission = Callable[[], None]
LOW_WATER = 2
SWEPT = SweepReport(
    instances=3,
    drifts={},
    releases=0,
    tripped=False,
    foreign_attachments=(),
    inconsistent_claims=(),
    states={State.ATTACHED: 3},
    pools={(MGMT, ZONE): LOW_WATER},
    paused=False,
    swept=True,
)


def emitted(*emissions: Emission) -> list[Figure]:
    """Return the figures that ``emissions`` write to the log."""
    log = StringIO()
    with redirect_stdout(log):
        for emission in emissions:
            emission()
    return figures(log.getvalue())


def move(before: State | None, after: State, *, took: float = 3, **fields: Any) -> Emission:
    """Return the count of a move; one to ``attached`` ``took`` seconds."""
    since = NOW + timedelta(seconds=took)
    earlier = a_record(before) if before else None
    entry = AuditEntry("id", Move(earlier, a_record(after, since=since, **fields)), TRACE)
    return lambda: EmfMetrics().moved(entry)


def moves() -> Iterable[Emission]:
    """Return the count of every legal move that is neither a failure nor held back."""
    return [
        move(before, after)
        for before, followers in LEGAL_MOVES.items()
        for after in followers - {State.FAILED}
    ]


def sweep(**found: Any) -> Emission:
    """Return the count of a sweep that found something."""
    report = replace(SWEPT, **found)
    return lambda: count_sweep(report, LOW_WATER)


def ec2_calls(times: int = 1, status: int = 200, code: str = "") -> Emission:
    """Return calls of EC2 by a client of ours, each answered without a network."""

    def answer(**_: object) -> Any:  # noqa: ANN401 - what a hook returns, botocore takes for the reply
        return _answer(status, code)

    def call() -> None:
        ec2 = boto3.client("ec2", config=Config(retries={"total_max_attempts": 1}))
        ec2.meta.events.register("response-received.ec2", count_ec2_call)
        ec2.meta.events.register("before-send.ec2", answer)
        for _ in range(times):
            with suppress(ClientError):
                ec2.describe_instances()

    return call


def everything() -> list[Emission]:
    """Return emissions after which each metric was written under each set of its dimensions."""
    failure = move(State.RELEASING, State.FAILED)
    return [*moves(), failure, held_back(), contested(), paused(), sweep(), ec2_calls()]


def paused(*, on: bool = True) -> Emission:
    """Return what is told of a pause, or of its end."""
    change = a_pause_change(paused=on)
    return lambda: EmfMetrics().paused(change)


def held_back() -> Emission:
    """Return the count of a release that the breaker held back."""
    return move(State.ATTACHED, State.ATTACHED, reason=Reason.RELEASE_HELD)


def contested() -> Emission:
    """Return the count of an attachment that another controller keeps detaching."""
    return move(State.ATTACHED, State.WAITING, reason=Reason.CONTESTED)


def _answer(status: int, code: str) -> AWSResponse:
    error = f"<Errors><Error><Code>{code}</Code><Message>no</Message></Error></Errors>"
    body = f"<Response>{error if code else ''}<RequestID>1</RequestID></Response>"
    raw = SimpleNamespace(stream=lambda: [body.encode()])
    return AWSResponse("https://ec2.example", status, HTTPHeaders(), raw)
