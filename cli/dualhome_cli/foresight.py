"""Read a rehearsed plan: what it means for each target of an instance."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from dualhome.domain.attachment import Attachment, Origin
from dualhome.domain.drift import wish_of
from dualhome.domain.eligibility import Policy
from dualhome.domain.identifiers import InterfaceId, TargetName
from dualhome.domain.network import ACTING, GONE, Instance
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import Refusal
from dualhome.domain.selection import principal_rejection
from dualhome.domain.states import SETTLED, State
from dualhome.domain.tags import TagKeys, Wanted
from dualhome.domain.view import Step
from dualhome_cli.outlook import OF_STATE, Confirmation, Outlook, Prospect
from dualhome_cli.particulars import refusals_now, why_pending

NO_TARGET = TargetName("")
"""Where an outlook is about the instance as a whole."""

NOT_SHOWN = "EC2 shows no such instance in this account and Region (--profile, --region)"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """An instance's records ``before`` and ``after`` the ``steps`` of a plan that is made now."""

    instance: Instance | None
    before: Mapping[TargetName, Attachment]
    steps: Mapping[TargetName, Step]
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
        return self.instance is not None and self.keys.ignore in self.instance.tags

    def wanted(self) -> dict[TargetName, Wanted]:
        """Return what the instance asks for; a malformed tag stands for itself."""
        if self.instance is None:
            return {}
        tags = {key: it for key, it in self.instance.tags.items() if key != self.keys.ignore}
        return dict(wish_of(replace(self.instance, tags=tags), self.keys).wanted)


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
    rejections = step.rejections if step else ()
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
    it: Rehearsed, before: Attachment | None, after: Attachment | None, step: Step | None
) -> tuple[Prospect, str]:
    held = after is not None and after.holding
    if it.ignored and not held:
        return Prospect.IGNORE, f"the instance has the tag {it.keys.ignore}"
    if it.instance and it.instance.state not in ACTING | GONE and not held:
        return Prospect.LATER, f"the instance is {it.instance.state}"
    tried_again = after is not None and after.reason is Reason.TYPE_UNKNOWN
    if after is None or (step and step.look_again and not (step.move or held or tried_again)):
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


def _detail(after: Attachment, step: Step | None) -> str:
    """Return the record's detail; of what goes on waiting, that of now."""
    if after.state == State.FAILED and after.failure:
        return after.failure.message
    if after.reason is Reason.RELEASE_PENDING:
        return why_pending(after)
    principal = principal_rejection(step.rejections) if step and not step.move else None
    if principal and after.state == State.WAITING and principal.reason is after.reason:
        return f"{principal.interface}: {principal.detail}"
    return after.detail
