"""Operator requests: confirmed, put on the changes queue, and followed to their end."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import click
from ulid import ULID

from dualhome.application.requests import SOURCE, ReconcileRequest
from dualhome.domain.attachment import Cause, OperatorAction, OperatorRequest
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.states import State
from dualhome_cli.actions.follow import Followed, follow_to_end
from dualhome_cli.data.requested import Subject, check_not_paused, check_targets, read_subjects
from dualhome_cli.stack import Stack
from dualhome_cli.ui.prompts import confirm
from dualhome_cli.ui.shell_commands import with_options


@dataclass(frozen=True, slots=True)
class Action:
    """
    What one command asks of the reconciler for an instance, in words and as a request.

    ``nothing`` is said where no attachment would change, ``caution`` before the operator agrees.
    An attachment that ends ``well`` is a success; ``follow_on`` is what is followed after that, and
    ``later`` what is said instead of it if the operator does not wait.
    """

    kind: OperatorAction
    intentions: Callable[[Subject], Iterable[str]]
    followed: Callable[[Subject], Followed]
    well: frozenset[State]
    nothing: str
    caution: Sequence[str] = ()
    force: bool = False
    follow_on: Callable[[Subject, Followed], Followed] | None = None
    later: Callable[[Subject], Iterable[str]] = lambda _: ()


def carry_out(
    stack: Stack,
    ids: Sequence[InstanceId],
    targets: Sequence[str],
    action: Action,
    *,
    yes: bool,
    follow: bool,
) -> None:
    """
    Say what ``action`` will do, ask, queue the requests, and follow them to their end.

    Raises:
        ClickException: the stack is paused, or an instance or a target does not exist.
        Exit: with 1, the operator does not agree, or an attachment has not ended well.
    """
    check_not_paused(stack)
    subjects = read_subjects(stack, ids)
    check_targets(subjects, targets)
    every = [action.followed(it) for it in subjects]
    open_ = [it for it in every if it.open]
    intent = [with_options(line, stack) for it in subjects for line in action.intentions(it)]
    if not open_:
        click.echo("\n".join([*intent, action.nothing]))
        return
    confirm([*intent, *action.caution], yes=yes)
    names = tuple(map(TargetName, targets)) or (None,)
    requests = tuple(OperatorRequest(action.kind, name, action.force) for name in names)
    send(stack, [it.instance for it in open_], requests)
    if follow:
        _follow(stack, open_, subjects, action)
        return
    for line in (line for it in subjects for line in action.later(it)):
        click.echo(with_options(line, stack))


def _follow(
    stack: Stack, every: Sequence[Followed], subjects: Sequence[Subject], action: Action
) -> None:
    well = follow_to_end(stack, every, action.well)
    if action.follow_on:
        known = {it.id: it for it in subjects}
        further = [action.follow_on(known[it.instance], it) for it in every]
        follow_to_end(stack, further, action.well, "the tag still asks for it: ")
    if not well:
        raise click.exceptions.Exit(1)


def send(
    stack: Stack, instances: Sequence[InstanceId], requests: tuple[OperatorRequest, ...]
) -> None:
    """
    Queue a reconcile request with the operator's ``requests`` for each instance.

    Raises:
        ClientError, BotoCoreError, DualhomeError: not all are queued; sending again does no harm.
    """
    caller = stack.caller()
    cause = Cause(
        event_id=str(ULID()),
        source=SOURCE,
        detail_type=requests[0].what.title(),
        time=caller.at or stack.now(),
        principal=caller.arn,
    )
    stack.reconcile_queue.put(
        (ReconcileRequest(it, cause, operator_requests=requests) for it in instances), timedelta()
    )
