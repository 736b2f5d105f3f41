"""Whether all triggers of the deployed stack are enabled, and every function can run."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dualhome_cli.doctor.check import Remark, error, note, warning
from dualhome_cli.doctor.facts import Alarm, Audience, Part

DEPLOY = "Deploy the stack again."


def rules(parts: Iterable[Part]) -> Iterator[Remark]:
    """Rules turn EC2's events into looks."""
    for it in parts:
        if it.state != "enabled":
            yield error(
                f"rule {it.logical_id} ({it.name}) is {it.state or 'missing'}: its events are lost",
                f"aws events enable-rule --name {it.name}" if it.state else DEPLOY,
            )


def schedules(parts: Iterable[Part]) -> Iterator[Remark]:
    """Without the sweep a lost event is never made good."""
    for it in parts:
        if it.state != "enabled":
            yield error(
                f"schedule {it.logical_id} ({it.name}) is {it.state or 'missing'}: nothing sweeps",
                DEPLOY,
            )


def sources(parts: Iterable[Part]) -> Iterator[Remark]:
    """An event source mapping feeds a function from its queue, or its stream."""
    for it in parts:
        if it.state != "enabled":
            enable = f"aws lambda update-event-source-mapping --uuid {it.name} --enabled"
            yield error(
                f"event source {it.logical_id} ({it.name}) is {it.state or 'missing'}"
                " and feeds nothing",
                enable if it.state else DEPLOY,
            )


def functions(parts: Iterable[Part]) -> Iterator[Remark]:
    """A function that is inactive for weeks of quiet wakes by itself at its next call."""
    for it in parts:
        said = f": {it.why}" if it.why else ""
        if it.state == "inactive":
            yield note(f"function {it.logical_id} ({it.name}) sleeps; its next call takes longer")
        elif it.state not in {"active", "pending"}:
            yield error(
                f"function {it.logical_id} ({it.name}) is {it.state or 'missing'}{said}", DEPLOY
            )
        elif it.update == "failed":
            yield error(
                f"the last update of function {it.logical_id} ({it.name}) failed{said}", DEPLOY
            )


def stack_status(status: str) -> Iterator[Remark]:
    """A stack in a failed state cannot be changed, and may be half old and half new."""
    if "FAILED" in status:
        yield error(f"the stack is in {status}", "Look at its events in CloudFormation.")
    elif status.endswith("IN_PROGRESS"):
        yield note(f"the stack is in {status}: what else is said here may be about to change")


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


def alarms(alarms: Alarms) -> Iterator[Remark]:
    """What CloudWatch has noticed before us."""
    for alarm in sorted(alarms.raised, key=lambda it: it.name):
        said = f"alarm {alarm.name} is raised: {alarm.why}"
        if alarm.logical_id == SILENT and alarms.young:
            yield note(f"alarm {alarm.name} is raised until the first sweeps have been seen")
        elif alarm.logical_id in MEANT:
            yield warning(said, alarm.advice)
        else:
            yield error(said, alarm.advice)


def audience(audience: Audience) -> Iterator[Remark]:
    """An alarm that nobody hears is none."""
    if audience.pending:
        yield warning(
            f"{audience.pending} of those who should hear of alarms have not confirmed it",
            "Follow the link in SNS's message to them.",
        )
    elif not audience.confirmed:
        yield note("nobody hears of alarms", "Set AlarmEmail or AlarmEndpoint, or subscribe.")
