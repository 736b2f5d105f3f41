"""
What can go wrong, sorted by what there is to do about it.

DualhomeError
├── TransientError              the same call may work later
│   ├── ThrottledError              AWS throttles
│   ├── PausedError                 the stack is paused: nothing may be changed now
│   │   └── PauseUnreadError            it may be: the pause cannot be read
│   └── UnavailableError            AWS failed, or did not answer in time
├── StalePlanError              the world moved; plan again
│   ├── RecordMovedError            another writer wrote the record first
│   ├── ClaimTakenError             another attachment claimed the interface first
│   ├── SlotClaimedError            another attachment claimed the instance's slot first
│   ├── InterfaceInUseError         EC2: the interface is attached or moving
│   ├── InterfaceGoneError          EC2: no such interface
│   ├── AttachmentGoneError         EC2: no such attachment
│   ├── SlotTakenError              EC2: the device index is occupied
│   ├── PageGoneError               AWS: the pagination token has expired
│   ├── InstanceGoneError           EC2: no such instance
│   ├── VpcGoneError                EC2: no such VPC
│   └── InstanceStateError          EC2: the instance is in no state to attach
└── PermanentError              neither helps
    ├── BadTagError                 a tag's value is malformed
    ├── BadMessageError             a queue message is not one that we know
    ├── UnreadableItemError         another version has written an item of a table
    ├── NoFreeSlotError             the instance type allows no further interface
    ├── PinTakenError               the pinned device index is occupied
    ├── AttachmentLimitError        EC2: the instance type allows no further interface
    ├── TagLimitError               EC2: the resource has as many tags as it may have
    ├── InterfaceRefusedError       EC2: not this interface; another one may do
    ├── CallerRefusedError          AWS: nothing more for this account or these credentials
    ├── AccessDeniedError           AWS: the role may not do this
    ├── TaggingDeniedError          AWS: the role may not write this status tag, or not yet
    ├── RollbackExhaustedError      a rollback has died too often
    ├── IllegalMoveError            a state cannot follow another: a bug
    └── UnexpectedAwsError          a code that we do not know
"""

from typing import ClassVar


class DualhomeError(Exception):
    """
    Everything this package raises on purpose.

    Where AWS spoke, ``code`` and ``verbatim`` are its own words, while ``message`` also says what
    was attempted. ``about_interface``: EC2 may attach another interface where it refuses this one;
    the other errors are about the instance, its type, the caller or the moment, whatever interface
    is named.
    """

    about_interface: ClassVar[bool] = False

    def __init__(self, message: str, *, code: str = "", verbatim: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).__name__
        self.verbatim = verbatim or message


class TransientError(DualhomeError):
    """The same call may work later."""


class StalePlanError(DualhomeError):
    """The plan rested on something that is no longer so."""


class PermanentError(DualhomeError):
    """Neither time nor another plan helps."""


class ThrottledError(TransientError):
    """AWS throttles."""


class PausedError(TransientError):
    """The stack is paused: nothing may be attached or detached now."""


class PauseUnreadError(PausedError):
    """The pause cannot be read, which counts as one; it may be none."""


class UnavailableError(TransientError):
    """AWS failed, or did not answer in time; the call may have been carried out."""


class RecordMovedError(StalePlanError):
    """Another writer wrote the ledger's record first."""


class ClaimTakenError(StalePlanError):
    """Another attachment claimed the interface first."""


class SlotClaimedError(StalePlanError):
    """Another attachment claimed the instance's slot first."""


class InterfaceInUseError(StalePlanError):
    """The interface is attached, attaching or detaching."""

    about_interface = True


class InterfaceGoneError(StalePlanError):
    """EC2 knows no such interface."""

    about_interface = True


class AttachmentGoneError(StalePlanError):
    """EC2 knows no such attachment."""


class SlotTakenError(StalePlanError):
    """The instance already has an interface at this device index."""


class PageGoneError(StalePlanError):
    """The pagination token has expired."""


class InstanceGoneError(StalePlanError):
    """EC2 knows no such instance."""


class VpcGoneError(StalePlanError):
    """EC2 knows no such VPC."""


class InstanceStateError(StalePlanError):
    """The instance is neither running nor stopped."""


class BadTagError(PermanentError):
    """A tag's value is malformed; the message names key, value and what was expected."""


class BadMessageError(PermanentError):
    """A queue message is none that we know."""


class UnreadableItemError(PermanentError):
    """Another version has written an item of a table; the message names its key."""


class NoFreeSlotError(PermanentError):
    """The instance type allows no further interface."""


class PinTakenError(PermanentError):
    """The device index that the instance's tag pins is occupied."""


class AttachmentLimitError(PermanentError):
    """EC2 says that the instance type allows no further interface."""


class TagLimitError(PermanentError):
    """The resource has as many tags as EC2 allows."""


class InterfaceRefusedError(PermanentError):
    """EC2 refuses the interface: its addresses, its groups, or the service that owns it."""

    about_interface = True


class CallerRefusedError(PermanentError):
    """AWS refuses the account, or its credentials, whatever is asked for."""


class AccessDeniedError(PermanentError):
    """The caller's role lacks a permission."""


class TaggingDeniedError(PermanentError):
    """The role may not write a resource's status tag; IAM may learn late that it may."""


class RollbackExhaustedError(PermanentError):
    """Every execution of a rollback has died; operator action is required."""


class IllegalMoveError(PermanentError):
    """A state cannot follow another; a defect of ours."""


class UnexpectedAwsError(PermanentError):
    """AWS answered with a code that we do not know: it may well be about the interface."""

    about_interface = True
