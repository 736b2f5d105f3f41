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


class Outcome(StrEnum):
    """The outcome of a target, were its instance reconciled now."""

    ATTACHED = "attached"
    ATTACH = "attach"
    ADOPT = "adopt"
    """Another user has attached a suitable interface already: it is adopted."""
    MOVING = "moving"
    """On its way to being attached."""
    WAIT = "wait"
    REFUSE = "refuse"
    RETRY = "retry"
    """It failed, and is retried later."""
    RELEASE = "release"
    KEEP = "keep"
    """It stays attached although unwanted: the stack is paused, or the release breaker open."""
    STUCK = "stuck"
    LATER = "later"
    """The instance is between two states: it is reconciled again."""
    IGNORE = "ignore"
    CLOSE = "close"
    """Nothing is held or wanted any more: the record ends."""
    NOTHING = "nothing"
    GONE = "gone"
    """EC2 does not show the instance, or shows it going."""


GOOD = frozenset({Outcome.ATTACHED, Outcome.ATTACH, Outcome.ADOPT, Outcome.MOVING})
"""Outcomes in which the wanted interface is attached, or can be."""

OF_STATE: Mapping[State, Outcome] = {
    State.CLAIMED: Outcome.ATTACH,
    State.ATTACHING: Outcome.MOVING,
    State.ATTACHED: Outcome.ATTACHED,
    State.RELEASING: Outcome.RELEASE,
    State.RELEASED: Outcome.CLOSE,
    State.WAITING: Outcome.WAIT,
    State.REFUSED: Outcome.REFUSE,
    State.FAILED: Outcome.RETRY,
    State.STUCK: Outcome.STUCK,
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
class TargetOutcome:
    """
    The outcome of ``target``; ``record`` is what the plan would leave, if anything.

    ``changes``: the plan would change the record. ``rejections`` explains the choice; ``promised``
    of those interfaces are free now, but go to targets planned before this one. ``refusals`` are
    the interfaces of the pool that come last, since EC2 has refused them here. ``confirmation``
    says when what is attached would be released.
    """

    target: TargetName
    outcome: Outcome
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
        """Whether it is attached, can be attached, or is not wanted."""
        return self.outcome in GOOD or not self.wanted

    @property
    def reason(self) -> Reason | None:
        """Why it is so, if the ledger would give a reason."""
        return self.record.reason if self.record else None

    @property
    def advice(self) -> str:
        """What to do about it; empty if nothing needs to be done."""
        well = self.good or self.outcome is Outcome.RELEASE
        return self.reason.advice if self.reason and not well else ""


@dataclass(frozen=True, slots=True)
class InstanceOutcome:
    """The outcomes of an instance; ``instance`` is None if EC2 does not show it."""

    id: InstanceId
    instance: ObservedInstance | None
    outcomes: tuple[TargetOutcome, ...]

    @property
    def good(self) -> bool:
        """Whether every wanted target is attached, or can be."""
        return all(outcome.good for outcome in self.outcomes)


NO_TARGET = TargetName("")
"""Where an outcome is about the instance as a whole."""

NOT_SHOWN = "EC2 shows no such instance in this account and Region (--profile, --region)"


@dataclass(frozen=True, slots=True)
class Simulated:
    """An instance's records ``before`` and ``after`` the ``steps`` of a simulated plan."""

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
        """Whether the instance is excluded by ``dualhome:ignore``."""
        return self.instance is not None and self.instance.ignored

    def wanted(self) -> dict[TargetName, Wanted]:
        """Return what the instance asks for; a malformed tag stands for itself."""
        return dict(self.instance.desired.named) if self.instance else {}


def outcomes_of(plan: Simulated, promised: Collection[InterfaceId]) -> Iterator[TargetOutcome]:
    """Yield the outcome of each target that is wanted or recorded; else why there is none."""
    wanted = plan.wanted()
    open_ = [target for target, record in plan.before.items() if record.state != State.RELEASED]
    targets = list(dict.fromkeys([*wanted, *plan.steps, *open_]))
    if plan.instance is None or plan.instance.state in GONE:
        yield _gone(plan)
    elif not targets:
        yield _nothing(plan)
    for target in targets:
        yield _target_outcome(plan, target, wanted.get(target), promised)


def _gone(plan: Simulated) -> TargetOutcome:
    detail = f"it is {plan.instance.state}" if plan.instance else NOT_SHOWN
    return TargetOutcome(NO_TARGET, Outcome.GONE, wanted=True, detail=detail)


def _nothing(plan: Simulated) -> TargetOutcome:
    detail = f"its tag {plan.keys.targets} is absent or empty"
    return TargetOutcome(NO_TARGET, Outcome.NOTHING, wanted=False, detail=detail)


def _target_outcome(
    plan: Simulated, target: TargetName, want: Wanted | None, promised: Collection[InterfaceId]
) -> TargetOutcome:
    before, after, step = plan.before.get(target), plan.after.get(target), plan.steps.get(target)
    rejections = rejections_of(step) if step else ()
    outcome, detail = _outcome_of(plan, before, after, step)
    return TargetOutcome(
        target=target,
        outcome=outcome,
        wanted=want is not None,
        pin=want.index if want else None,
        record=after,
        changes=after != before,
        detail=detail,
        rejections=rejections,
        promised=tuple(it.interface for it in rejections if it.interface in promised),
        refusals=_refusals(plan, before, after),
        confirmation=_confirmation(plan, before, after, outcome),
    )


def _refusals(
    plan: Simulated, before: Attachment | None, after: Attachment | None
) -> tuple[Refusal, ...]:
    """Return what is tried last; an attached target tries no other."""
    if before is None or after is None or after.state in SETTLED:
        return ()
    return refusals_now(before, plan.now)


def _confirmation(
    plan: Simulated, before: Attachment | None, after: Attachment | None, outcome: Outcome
) -> Confirmation | None:
    """What is attached is released, or goes with its instance, after a second reading."""
    gone = plan.instance is None or plan.instance.state in GONE
    ends = outcome is Outcome.RELEASE or (outcome is Outcome.CLOSE and gone)
    if not ends or before is None or after is None or before.state != State.ATTACHED:
        return None
    reason = after.pending.reason if after.pending else after.reason
    reason, pending = Reason.INSTANCE_STATE if gone else reason, before.pending
    noted = pending is not None and pending.reason is reason
    return Confirmation(plan.policy.release_delay, pending.due if pending and noted else None)


def _outcome_of(
    plan: Simulated, before: Attachment | None, after: Attachment | None, step: Decision | None
) -> tuple[Outcome, str]:
    held = after is not None and after.holding
    if plan.ignored and not held:
        return Outcome.IGNORE, f"its tag {plan.keys.ignore} is set"
    if plan.instance and plan.instance.state not in ACTING | GONE and not held:
        return Outcome.LATER, f"the instance is {plan.instance.state}"
    tried_again = after is not None and after.reason is Reason.TYPE_UNKNOWN
    if after is None or (isinstance(step, Wait) and not (held or tried_again)):
        return Outcome.MOVING, "another user is attaching a suitable interface"
    return _of_record(before, after), _detail(after, step)


def _of_record(before: Attachment | None, after: Attachment) -> Outcome:
    new = before is None or before.state != after.state
    if after.state == State.CLAIMED and after == before:
        return Outcome.MOVING
    if after.state == State.ATTACHED and after.reason is Reason.RELEASE_PENDING:
        return Outcome.RELEASE
    if after.state == State.ATTACHED and after.reason:
        return Outcome.KEEP
    if after.state == State.ATTACHED and after.origin is Origin.ADOPTED and new:
        return Outcome.ADOPT
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
