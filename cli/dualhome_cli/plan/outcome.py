"""What a plan means for each target of an instance."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dualhome.domain.attachment import Attachment, Origin
from dualhome.domain.ec2 import ACTING, GONE
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.observed import ObservedInstance
from dualhome.domain.planning.eligibility import Policy, Rejection
from dualhome.domain.planning.select import principal_rejection
from dualhome.domain.planning.types import Decision, Wait, move_of, rejections_of
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import Refusal
from dualhome.domain.states import SETTLED, State
from dualhome.domain.tags import TagKeys, Wanted
from dualhome_cli.status.details import refusals_now, why_pending


class Prospect(StrEnum):
    """What would become of a target now."""

    ATTACHED = "attached"
    ATTACH = "attach"
    ADOPT = "adopt"
    """Somebody has attached a suitable interface already: it is taken over."""
    MOVING = "moving"
    """On its way to being attached."""
    WAIT = "wait"
    REFUSE = "refuse"
    RETRY = "retry"
    """It failed, and is tried again later."""
    RELEASE = "release"
    KEEP = "keep"
    """It stays attached unwanted: the stack is paused, or the breaker holds releases."""
    STUCK = "stuck"
    LATER = "later"
    """The instance is between two states: it is looked at again."""
    IGNORE = "ignore"
    CLOSE = "close"
    """Nothing is held, and nothing is wanted any more: the record ends."""
    NOTHING = "nothing"
    GONE = "gone"
    """EC2 does not show the instance, or shows it going."""


GOOD = frozenset({Prospect.ATTACHED, Prospect.ATTACH, Prospect.ADOPT, Prospect.MOVING})
"""Prospects in which what is wanted is had, or can be had."""

OF_STATE: Mapping[State, Prospect] = {
    State.CLAIMED: Prospect.ATTACH,
    State.ATTACHING: Prospect.MOVING,
    State.ATTACHED: Prospect.ATTACHED,
    State.RELEASING: Prospect.RELEASE,
    State.RELEASED: Prospect.CLOSE,
    State.WAITING: Prospect.WAIT,
    State.REFUSED: Prospect.REFUSE,
    State.FAILED: Prospect.RETRY,
    State.STUCK: Prospect.STUCK,
}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """
    When a second reading must agree to a release; ``delay`` is the deployment's, after the first.

    ``due`` is set once a first reading has asked for it.
    """

    delay: timedelta
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """
    What would become of ``target``; ``record`` is what the plan would leave, if anything.

    ``changes``: the plan would change the record. ``rejections`` explains the choice; ``promised``
    of those interfaces are free now, but go to targets planned before this one. ``refusals`` are
    the interfaces of the pool that come last, since EC2 has refused them here. ``confirmation``
    says when what is attached would be released.
    """

    target: TargetName
    prospect: Prospect
    wanted: bool
    pin: int | None = None
    record: Attachment | None = None
    changes: bool = False
    detail: str = ""
    rejections: tuple[Rejection, ...] = ()
    promised: tuple[InterfaceId, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    confirmation: Confirmation | None = None

    @property
    def good(self) -> bool:
        """Whether this is no reason to worry: had, to be had, or not wanted."""
        return self.prospect in GOOD or not self.wanted

    @property
    def reason(self) -> Reason | None:
        """Why it is so, if the ledger would give a reason."""
        return self.record.reason if self.record else None

    @property
    def advice(self) -> str:
        """What to do about it; empty if all is well, or will be by itself."""
        well = self.good or self.prospect is Prospect.RELEASE
        return self.reason.advice if self.reason and not well else ""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What awaits an instance; ``instance`` is None if EC2 does not show it."""

    id: InstanceId
    instance: ObservedInstance | None
    outlooks: tuple[Outlook, ...]

    @property
    def good(self) -> bool:
        """Whether everything wanted is had, or can be had."""
        return all(outlook.good for outlook in self.outlooks)


NO_TARGET = TargetName("")
"""Where an outlook is about the instance as a whole."""

NOT_SHOWN = "EC2 shows no such instance in this account and Region (--profile, --region)"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """An instance's records ``before`` and ``after`` the ``steps`` of a plan that is made now."""

    instance: ObservedInstance | None
    before: Mapping[TargetName, Attachment]
    steps: Mapping[TargetName, Decision]
    after: Mapping[TargetName, Attachment]
    policy: Policy
    now: datetime

    @property
    def keys(self) -> TagKeys:
        """The keys of the tags."""
        return self.policy.keys

    @property
    def ignored(self) -> bool:
        """Whether the instance is to be left alone."""
        return self.instance is not None and self.instance.ignored

    def wanted(self) -> dict[TargetName, Wanted]:
        """Return what the instance asks for; a malformed tag stands for itself."""
        return dict(self.instance.desired.named) if self.instance else {}


def outlooks_of(it: Rehearsed, promised: Collection[InterfaceId]) -> Iterator[Outlook]:
    """Yield what awaits each target that is wanted or recorded; else why there is nothing."""
    wanted = it.wanted()
    open_ = [target for target, record in it.before.items() if record.state != State.RELEASED]
    targets = list(dict.fromkeys([*wanted, *it.steps, *open_]))
    if it.instance is None or it.instance.state in GONE:
        yield _gone(it)
    elif not targets:
        yield _nothing(it)
    for target in targets:
        yield _outlook(it, target, wanted.get(target), promised)


def _gone(it: Rehearsed) -> Outlook:
    detail = f"it is {it.instance.state}" if it.instance else NOT_SHOWN
    return Outlook(NO_TARGET, Prospect.GONE, wanted=True, detail=detail)


def _nothing(it: Rehearsed) -> Outlook:
    detail = f"its tag {it.keys.targets} is absent or empty"
    return Outlook(NO_TARGET, Prospect.NOTHING, wanted=False, detail=detail)


def _outlook(
    it: Rehearsed, target: TargetName, want: Wanted | None, promised: Collection[InterfaceId]
) -> Outlook:
    before, after, step = it.before.get(target), it.after.get(target), it.steps.get(target)
    rejections = rejections_of(step) if step else ()
    prospect, detail = _prospect(it, before, after, step)
    return Outlook(
        target=target,
        prospect=prospect,
        wanted=want is not None,
        pin=want.index if want else None,
        record=after,
        changes=after != before,
        detail=detail,
        rejections=rejections,
        promised=tuple(it.interface for it in rejections if it.interface in promised),
        refusals=_refusals(it, before, after),
        confirmation=_confirmation(it, before, after, prospect),
    )


def _refusals(
    it: Rehearsed, before: Attachment | None, after: Attachment | None
) -> tuple[Refusal, ...]:
    """Return what comes last; what is attached already looks for no other."""
    if before is None or after is None or after.state in SETTLED:
        return ()
    return refusals_now(before, it.now)


def _confirmation(
    it: Rehearsed, before: Attachment | None, after: Attachment | None, prospect: Prospect
) -> Confirmation | None:
    """What is attached is released, or goes with its instance, after a second reading."""
    gone = it.instance is None or it.instance.state in GONE
    ends = prospect is Prospect.RELEASE or (prospect is Prospect.CLOSE and gone)
    if not ends or before is None or after is None or before.state != State.ATTACHED:
        return None
    reason = after.pending.reason if after.pending else after.reason
    reason, pending = Reason.INSTANCE_STATE if gone else reason, before.pending
    noted = pending is not None and pending.reason is reason
    return Confirmation(it.policy.release_delay, pending.due if pending and noted else None)


def _prospect(
    it: Rehearsed, before: Attachment | None, after: Attachment | None, step: Decision | None
) -> tuple[Prospect, str]:
    held = after is not None and after.holding
    if it.ignored and not held:
        return Prospect.IGNORE, f"the instance has the tag {it.keys.ignore}"
    if it.instance and it.instance.state not in ACTING | GONE and not held:
        return Prospect.LATER, f"the instance is {it.instance.state}"
    tried_again = after is not None and after.reason is Reason.TYPE_UNKNOWN
    if after is None or (isinstance(step, Wait) and not (held or tried_again)):
        return Prospect.MOVING, "somebody is attaching a suitable interface"
    return _of_record(before, after), _detail(after, step)


def _of_record(before: Attachment | None, after: Attachment) -> Prospect:
    new = before is None or before.state != after.state
    if after.state == State.CLAIMED and after == before:
        return Prospect.MOVING
    if after.state == State.ATTACHED and after.reason is Reason.RELEASE_PENDING:
        return Prospect.RELEASE
    if after.state == State.ATTACHED and after.reason:
        return Prospect.KEEP
    if after.state == State.ATTACHED and after.origin is Origin.ADOPTED and new:
        return Prospect.ADOPT
    return OF_STATE[after.state]


def _detail(after: Attachment, step: Decision | None) -> str:
    """Return the record's detail; of what goes on waiting, that of now."""
    if after.state == State.FAILED and after.failure:
        return after.failure.message
    if after.reason is Reason.RELEASE_PENDING:
        return why_pending(after)
    principal = principal_rejection(rejections_of(step)) if step and not move_of(step) else None
    if principal and after.state == State.WAITING and principal.reason is after.reason:
        return f"{principal.interface}: {principal.detail}"
    return after.detail
