"""The pause: who has stopped attaching and detaching, since when and why, and its changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from dualhome.domain.identifiers import AccountId

LONGEST_REASON = 256
"""Characters: a sentence or two, and a link."""


@dataclass(frozen=True, slots=True)
class Pause:
    """
    What an operator has decided last: to pause, or to resume.

    ``by`` is the operator's ARN, ``user_id`` the unique id that STS gives for it
    (GetCallerIdentity, ``UserId``). ``version`` counts the changes, from 1.
    """

    paused: bool
    since: datetime
    by: str
    user_id: str
    reason: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class PauseChange:
    """
    The audit entry of a pause or a resume; ``id`` is a ULID, ``before`` what stood until then.

    Of ``after``, the user id is the one that the entry's key names: IAM lets each caller write a
    key with its own id alone. The ARN is what the caller said.
    """

    id: str
    before: Pause | None
    after: Pause
    account: AccountId
    region: str

    @property
    def at(self) -> datetime:
        """When the change was made."""
        return self.after.since

    @property
    def proven(self) -> bool:
        """Whether the ARN may be that of the user id, which AWS has authenticated."""
        return may_be_of(self.after.by, self.after.user_id)


def may_be_of(arn: str, user_id: str) -> bool:
    """
    Return whether a principal of ``arn`` can have the unique id ``user_id``.

    A session's id ends in its name; a user's id is AWS's own and tells the kind alone; root's is
    the account (IAM User Guide, "IAM JSON policy elements: Variables and tags", ``aws:userid``).
    """
    account, _, resource = arn.partition("::")[2].partition(":")
    kind, _, path = resource.partition("/")
    of, _, session = user_id.partition(":")
    match kind:
        case "assumed-role" | "federated-user":
            return bool(session) and path.rpartition("/")[2] == session
        case "user":
            return bool(of) and not session and of != account
        case "root":
            return user_id == account
        case _:
            return False


@dataclass(frozen=True, slots=True)
class PauseReading:
    """
    Whether nothing may be attached or detached now, and why.

    Without ``pause`` no operator has decided yet, and a parameter of the deployment does.
    ``unread`` says why the pause cannot be read, which counts as one.
    """

    paused: bool
    pause: Pause | None = None
    unread: str = ""

    @classmethod
    def of(cls, pause: Pause | None, *, parameter: bool) -> Self:
        """Return the reading of ``pause``, as last written; without one, of the ``parameter``."""
        return cls(pause.paused if pause else parameter, pause)

    @classmethod
    def failed(cls, why: str) -> Self:
        """Return the reading that a read has failed to give."""
        return cls(paused=True, unread=why)

    @property
    def detail(self) -> str:
        """Why it is paused, as records say it: alike for every pause, to be recorded once."""
        if self.unread:
            return f"the pause cannot be read: {self.unread}"
        return "nothing is attached or detached while the stack is paused"


UNPAUSED = PauseReading(paused=False)
