"""Whether every trigger of the deployed stack is enabled, and every function can run."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dualhome_cli.doctor.check import Remark, error, note, warning
from dualhome_cli.doctor.facts import Alarm, Audience, Part

DEPLOY = "Deploy the stack again."
RESTORE = (
    "Restore it by a drift-aware change set of CloudFormation: an ordinary deployment does not"
    " notice."
)
"""CloudFormation User Guide, "Using drift-aware change sets"."""


@dataclass(frozen=True, slots=True)
class Alarms:
    """What is raised; ``young``: the stack has not had the time for three sweeps."""

    raised: Sequence[Alarm]
    young: bool


MEANT = frozenset(
    {
        "BreakerOpenAlarm",
        "ContestedAlarm",
        "PausedAlarm",
        "PoolLowAlarm",
        "ReleasesHeldAlarm",
    }
)
"""These say what another check calls a warning."""

SILENT = "SweepSilentAlarm"


def rules(parts: Iterable[Part]) -> Iterator[Remark]:
    """Rules turn EC2's events into reconcile requests."""
    for it in parts:
        if it.state != "enabled":
            yield error(
                f"rule {it.logical_id} ({it.name}) is {it.state or 'missing'}: its events are lost",
                f"aws events enable-rule --name {it.name}" if it.state else RESTORE,
            )


def schedules(parts: Iterable[Part]) -> Iterator[Remark]:
    """Without the sweep a lost event stays lost."""
    for it in parts:
        if it.state != "enabled":
            yield error(
                f"schedule {it.logical_id} ({it.name}) is {it.state or 'missing'}: nothing sweeps",
                RESTORE,
            )


def sources(parts: Iterable[Part]) -> Iterator[Remark]:
    """An event source mapping invokes a function from its queue, or its stream."""
    for it in parts:
        if it.state != "enabled":
            enable = f"aws lambda update-event-source-mapping --uuid {it.name} --enabled"
            yield error(
                f"event source {it.logical_id} ({it.name}) is {it.state or 'missing'}"
                " and invokes nothing",
                enable if it.state else RESTORE,
            )


def functions(parts: Iterable[Part]) -> Iterator[Remark]:
    """A function that is inactive after weeks without a call is activated by its next call."""
    for it in parts:
        said = f": {it.why}" if it.why else ""
        if it.state == "inactive":
            yield note(
                f"function {it.logical_id} ({it.name}) is inactive; its next call takes longer"
            )
        elif it.state not in {"active", "pending"}:
            yield error(
                f"function {it.logical_id} ({it.name}) is {it.state or 'missing'}{said}",
                DEPLOY if it.state else RESTORE,
            )
        elif it.update == "failed":
            yield error(
                f"the last update of function {it.logical_id} ({it.name}) failed{said}", DEPLOY
            )


def stack_status(status: str) -> Iterator[Remark]:
    """A stack in a failed state cannot be changed, and may be half old and half new."""
    if "FAILED" in status:
        yield error(f"the stack is in {status}", "Read its events in CloudFormation.")
    elif status.endswith("IN_PROGRESS"):
        yield note(f"the stack is in {status}: the other checks may be about to change")


def alarms(alarms: Alarms) -> Iterator[Remark]:
    """A raised alarm is an error, or a warning where another check warns of the same."""
    for alarm in sorted(alarms.raised, key=lambda it: it.name):
        said = f"alarm {alarm.name} is raised: {alarm.why}"
        if alarm.logical_id == SILENT and alarms.young:
            yield note(f"alarm {alarm.name} is raised until the first sweeps have been seen")
        elif alarm.logical_id in MEANT:
            yield warning(said, alarm.advice)
        else:
            yield error(said, alarm.advice)


def audience(audience: Audience) -> Iterator[Remark]:
    """An alarm without a subscriber reaches no one."""
    if audience.pending:
        yield warning(
            f"{audience.pending} subscriptions of the alarm topic are not confirmed",
            "Each subscriber confirms by the link in SNS's message.",
        )
    elif not audience.confirmed:
        yield note(
            "the alarm topic has no confirmed subscriber",
            "Set AlarmEmail or AlarmEndpoint, or subscribe.",
        )
