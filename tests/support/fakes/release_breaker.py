"""The release breaker in memory."""

from dataclasses import dataclass, field

from dualhome.domain.identifiers import InstanceId
from tests.support.fakes.call_log import Calls


@dataclass(slots=True)
class InMemoryReleaseBreaker:
    """The port ``ReleaseBreaker``; ``most`` as ``MaxReleasesPerSweep``."""

    calls: Calls
    most: int = 20
    admitted: set[InstanceId] = field(default_factory=set)
    held: bool = False

    def admits(self, instance: InstanceId) -> bool:
        """Say whether ``instance`` is, or can still be, among those that may lose interfaces."""
        with self.calls.making("admits"):
            full = instance not in self.admitted and len(self.admitted) >= self.most
            if self.held or self.most == 0 or full:
                return False
            self.admitted.add(instance)
            return True

    def open(self) -> None:
        """Let nothing more go until ``release``."""
        with self.calls.making("hold"):
            self.held = True

    def reset(self) -> None:
        """Begin to count anew."""
        with self.calls.making("release"):
            self.held = False
            self.admitted.clear()
