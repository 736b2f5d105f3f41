"""Pause and resume: one item of the ledger, written with its audit entry."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

import click
from ulid import ULID

from dualhome.application.pause import TRUSTED_FOR
from dualhome.application.requests import SOURCE, ReconcileRequest
from dualhome.domain.attachment import Cause
from dualhome.domain.errors import (
    AccessDeniedError,
    DualhomeError,
    RecordMovedError,
    TransientError,
)
from dualhome.domain.pause import Pause, PauseChange, PauseReading
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.data.pauses import print_since
from dualhome_cli.data.ports import Caller
from dualhome_cli.errors import AWS_ERRORS, CommandError, advice
from dualhome_cli.stack import Stack
from dualhome_cli.ui.prompts import confirm

STATEMENTS = "PauseAndResume and PauseAndResumeAreAudited"

KNOWN_AFTER = timedelta(seconds=TRUSTED_FOR + 1)
"""By then no function goes by a reading that is older than the resume."""


def pause(stack: Stack, reason: str, intent: Iterable[str], *, yes: bool) -> None:
    """
    Ask, then stop attaching and detaching; what an operator has paused already stays as it is.

    Raises:
        CommandError: the caller's identity is not known, or another operator was faster.
    """
    before = _read(stack)
    if before and before.paused:
        click.echo(f"Stack {stack.name} is paused already, {_since(stack, before)}")
        return
    # Where the parameter alone has paused it, a later deployment would end that.
    confirm(intent, yes=yes)
    change = _change(stack, before, reason, paused=True)
    _write(stack, change)
    click.echo(f"Stack {stack.name} is paused: nothing is attached or detached from now on.")


def resume(stack: Stack, reason: str, intent: Iterable[str], *, yes: bool) -> None:
    """
    Ask, then attach and detach again, and queue what the pause has held.

    Raises:
        CommandError: as ``pause``.
    """
    before = _read(stack)
    if not PauseReading.of(before, parameter=stack.paused_by_parameter).paused:
        click.echo(f"Stack {stack.name} is not paused, {_since(stack, before)}")
        return
    confirm(intent, yes=yes)
    change = _change(stack, before, reason, paused=False)
    _write(stack, change)
    click.echo(f"Stack {stack.name} is not paused any more.")
    click.echo(_requeue(stack, change))


def _read(stack: Stack) -> Pause | None:
    stack.output("PauseKey")  # functions of an older version do not read the item
    return stack.pauses.read()


def _since(stack: Stack, found: Pause | None) -> str:
    return f"{print_since(PauseReading.of(found, parameter=stack.paused_by_parameter))}."


def _change(stack: Stack, before: Pause | None, reason: str, *, paused: bool) -> PauseChange:
    who = _caller(stack)
    after = Pause(
        paused=paused,
        since=who.at or stack.now(),
        by=who.arn,
        user_id=who.user_id,
        reason=reason,
        version=before.version + 1 if before else 1,
    )
    return PauseChange(str(ULID()), before, after, stack.account, stack.region)


def _caller(stack: Stack) -> Caller:
    try:
        return stack.caller()
    except AWS_ERRORS as error:
        raise CommandError(
            "AWS does not say who you are (sts:GetCallerIdentity), so nothing was written."
            f" {advice(error)}"
        ) from error


def _write(stack: Stack, change: PauseChange) -> None:
    """Write ``change``; where it is not known whether it was written, ask what stands."""
    try:
        stack.pauses.write(change, int(stack.parameter("AuditRetentionDays")))
    except (RecordMovedError, TransientError) as error:
        found = None
        with suppress(DualhomeError):
            found = stack.pauses.read()
        if found == change.after:
            return
        if isinstance(error, RecordMovedError) and found:
            raise CommandError(
                "Another operator was faster, and this command has written nothing: stack"
                f" {stack.name} is {'paused' if found.paused else 'not paused'},"
                f" {_since(stack, found)} Run it again if that is not what you want."
            ) from error
        raise
    except AccessDeniedError as error:
        stands = PauseReading.of(change.before, parameter=stack.paused_by_parameter)
        raise CommandError(
            f"Nothing was written: stack {stack.name} is {'' if stands.paused else 'not '}paused,"
            f" as before. {advice(error)} It takes both statements {STATEMENTS} of"
            " docs/operations.md."
        ) from error


def _requeue(stack: Stack, change: PauseChange) -> str:
    """Queue the instances whose records wait for the end of the pause; say how many."""
    after = change.after
    cause = Cause(change.id, SOURCE, "Resume", after.since, principal=after.by)
    sweep = f"the next sweep ({stack.parameters.get('SweepSchedule', 'its schedule')})"
    try:
        held = {
            record.instance
            for record in stack.ledger.unsettled()
            if record.state is State.RELEASING or record.reason is Reason.PAUSED
        }
        if held:
            requests = [ReconcileRequest(it, cause) for it in sorted(held)]
            stack.reconcile_queue.put(requests, KNOWN_AFTER)
    except (*AWS_ERRORS, DualhomeError) as error:
        return f"What the pause has held could not be queued; {sweep} takes it up. {advice(error)}"
    rest = f"what stays attached although unwanted is taken up by {sweep}"
    if not held:
        return f"The pause has held nothing to queue; {rest}, within MaxReleasesPerSweep."
    count = f"{len(held)} instance{'' if len(held) == 1 else 's'}"
    return f"Queued {count} that the pause has held; {rest}, within MaxReleasesPerSweep."
