"""Why an attachment is where it is: a closed set, each reason with its advice."""

from enum import StrEnum
from typing import Self

from dualhome.domain.states import State


class Reason(StrEnum):
    """
    A reason's value is its name; ``advice`` is one sentence for the operator.

    It names tags without their prefix, which is the deployment's.
    """

    advice: str

    def __new__(cls, name: str, advice: str) -> Self:
        """Make a string member that carries its advice."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.advice = advice
        return member

    BAD_TAG = "BAD_TAG", "Correct the tag that the record names."
    NO_TARGET = (
        "NO_TARGET",
        "Put the target's name into the tag `target` of a VPC, or correct the target's name.",
    )
    NOT_ALLOWED = (
        "NOT_ALLOWED",
        "The target VPC's owner adds the instance's VPC to its tag `allow-from`.",
    )
    CONSENT_WITHDRAWN = (
        "CONSENT_WITHDRAWN",
        "The target VPC lets this one in no longer: restore its tag `allow-from`, or release it.",
    )
    NO_INTERFACE_IN_ZONE = (
        "NO_INTERFACE_IN_ZONE",
        "Create interfaces in the instance's zone, with the target's name in their tag `pool`.",
    )
    POOL_EMPTY = "POOL_EMPTY", "Add interfaces to the pool, or wait until one is released."
    RESERVED = (
        "RESERVED",
        "Every free interface is reserved for others: add one, or change a reservation.",
    )
    RESERVED_IN_USE = (
        "RESERVED_IN_USE",
        "Free the interface that the record names, or take the reservation off it.",
    )
    ACCOUNT_MISMATCH = (
        "ACCOUNT_MISMATCH",
        "Use an interface of the instance's account, in a VPC that this account owns itself.",
    )
    SAME_VPC = "SAME_VPC", "Ask for a target in another VPC than the instance's own."
    INSTANCE_STATE = "INSTANCE_STATE", "Nothing to do: the instance is terminated or gone."
    INSTANCE_UNUSABLE = (
        "INSTANCE_UNUSABLE",
        "A service operates this instance: let that service attach the interface.",
    )
    INDEX_TAKEN = "INDEX_TAKEN", "Pin a free device index, or drop the pin."
    INSTANCE_LIMIT = (
        "INSTANCE_LIMIT",
        "Choose a larger instance type, free an interface of this instance, or correct its pin.",
    )
    TYPE_UNKNOWN = (
        "TYPE_UNKNOWN",
        "Nothing to do: it is tried again; EC2 describes a new instance type some time later.",
    )
    INTERFACE_UNUSABLE = (
        "INTERFACE_UNUSABLE",
        "Put ordinary interfaces in the pool: none that a service manages, none on an Outpost.",
    )
    OVERLAPPING_CIDR = (
        "OVERLAPPING_CIDR",
        "Route by hand inside the guest, or give both VPCs further CIDRs that do not overlap.",
    )
    PUBLIC_IPV4 = (
        "PUBLIC_IPV4",
        "Associate an Elastic IP: the automatic public IPv4 address will not survive a stop.",
    )
    DELETE_ON_TERMINATION = (
        "DELETE_ON_TERMINATION",
        "Set DeleteOnTermination of the attachment to false: EC2 deletes it with the instance.",
    )
    DELETED_WITH_INSTANCE = (
        "DELETED_WITH_INSTANCE",
        "Add an interface to the pool in its place: EC2 has deleted this one with the instance.",
    )
    INTERFACE_TAKEN = (
        "INTERFACE_TAKEN",
        "Nothing to do: another holds the interface; the next one is tried.",
    )
    DETACHED_BY_HAND = (
        "DETACHED_BY_HAND",
        "Nothing to do: it is attached again; remove the target from the tag to keep it detached.",
    )
    ATTACH_LOST = (
        "ATTACH_LOST",
        "EC2 accepted the attachment and then did not show it: check the instance's health.",
    )
    ATTACH_TIMEOUT = (
        "ATTACH_TIMEOUT",
        "EC2 did not finish the attachment: check the instance's health; it is tried again.",
    )
    DETACH_TIMEOUT = (
        "DETACH_TIMEOUT",
        "EC2 did not finish the detach: detach the interface by hand, then release or retry.",
    )
    UNDO_FAILED = (
        "UNDO_FAILED",
        "The rollback met an error it cannot handle: read the record, fix the cause, then retry.",
    )
    UNIT_INCOMPLETE = (
        "UNIT_INCOMPLETE",
        "The instance wants all its targets or none: see the record of the one that is named.",
    )
    PAUSED = (
        "PAUSED",
        "The stack is paused: nothing is attached or detached until `dualhome resume`.",
    )
    RELEASE_HELD = (
        "RELEASE_HELD",
        "Too many releases since the last sweep: restore the tags, or release it by command.",
    )
    RELEASE_PENDING = (
        "RELEASE_PENDING",
        "Released once a second reading agrees: to keep it, revert what the record names.",
    )
    CONTESTED = (
        "CONTESTED",
        "Another controller detaches it: keep that one off, then retry; or remove the target.",
    )
    OPERATOR_ASKED = "OPERATOR_ASKED", "Nothing to do: an operator requested this release."
    THROTTLED = "THROTTLED", "Nothing to do: EC2 throttled the call; the attach is repeated."
    PERMISSION_PENDING = (
        "PERMISSION_PENDING",
        "Nothing to do: IAM may not see a new tag yet, the attach is repeated for a minute.",
    )
    EC2_REFUSED = "EC2_REFUSED", "Read EC2's own code and message in the record."
    NOT_WANTED = (
        "NOT_WANTED",
        "Nothing to do: the instance no longer asks for this target, or is excluded.",
    )


WAITING_REASONS = frozenset(
    {
        Reason.POOL_EMPTY,
        Reason.RESERVED,
        Reason.RESERVED_IN_USE,
        Reason.TYPE_UNKNOWN,
        Reason.UNIT_INCOMPLETE,
        Reason.PAUSED,
        Reason.CONTESTED,
    }
)
"""Time alone can cure these; every other reason of a choice needs a tag or an operator."""

HELD_BACK = frozenset({Reason.PAUSED, Reason.RELEASE_HELD})
"""Why an interface stays attached although its tags no longer ask for it."""

DEFERRED = HELD_BACK | {Reason.RELEASE_PENDING}
"""Why an interface is attached, for now or until an operator acts, although it is not wanted."""


def state_for(reason: Reason) -> State:
    """Say whether an attachment that cannot be had for ``reason`` waits or is refused."""
    return State.WAITING if reason in WAITING_REASONS else State.REFUSED
