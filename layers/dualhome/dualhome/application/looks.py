"""What the queue asks for: a look at an instance, or at those who wait for a target."""

from dataclasses import dataclass, replace
from typing import Self

from dualhome.domain.attachment import Cause
from dualhome.domain.identifiers import InstanceId, TargetName


@dataclass(frozen=True, slots=True)
class Look:
    """Look at one instance. ``attempt`` counts the looks since the ``cause``, from 0."""

    instance: InstanceId
    cause: Cause
    attempt: int = 0

    def again(self) -> Self:
        """Return the next look for the same cause."""
        return replace(self, attempt=self.attempt + 1)


@dataclass(frozen=True, slots=True)
class Wake:
    """Capacity for a target may have changed: look at every instance that lacks it."""

    target: TargetName
    cause: Cause
