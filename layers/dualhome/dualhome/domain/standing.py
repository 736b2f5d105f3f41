"""How an attachment stands to what the instance's tags ask for."""

from enum import Enum, auto

from dualhome.domain.reasons import Reason


class Standing(Enum):
    """How an attachment stands to what the instance's tags ask for."""

    WANTED = auto()
    INCOMPLETE = auto()
    """It is wanted, but not without another one, which cannot be had."""
    WITHDRAWN = auto()
    """It is wanted, but its VPC has taken its consent back, and the deployment heeds that."""
    UNWANTED = auto()
    HANDS_OFF = auto()
    """Nothing is attached and nothing let go: the instance is ignored, or its tag malformed."""

    @property
    def wanted(self) -> bool:
        """Whether the tags name it where it is."""
        return self in {Standing.WANTED, Standing.INCOMPLETE, Standing.WITHDRAWN}


GOING = {
    Standing.UNWANTED: Reason.NOT_WANTED,
    Standing.INCOMPLETE: Reason.UNIT_INCOMPLETE,
    Standing.WITHDRAWN: Reason.CONSENT_WITHDRAWN,
}
"""What does not stay attached, and the reason for which it goes."""

RELEASING_REASONS = frozenset(GOING.values())
"""Why an attachment is released because of what tags ask for."""
