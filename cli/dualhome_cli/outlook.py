"""What awaits one target of one instance, told from the record that a plan would leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dualhome.domain.attachment import Attachment
from dualhome.domain.eligibility import Rejection
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.network import Instance
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import Refusal
from dualhome.domain.states import State


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
    instance: Instance | None
    outlooks: tuple[Outlook, ...]

    @property
    def good(self) -> bool:
        """Whether everything wanted is had, or can be had."""
        return all(outlook.good for outlook in self.outlooks)
