"""What can go wrong for a crowd in memory: EC2's moods, deaths and lost messages."""

from dataclasses import dataclass

from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.errors import DualhomeError
from tests.support.scenarios.crowd import VPCS, Crowd


@dataclass(frozen=True, slots=True)
class Fault:
    """The next calls of a method fail, carried out or not."""

    method: str
    error: DualhomeError
    after_execution: bool = False
    times: int = 1

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen."""
        crowd.scene.calls.fail_next(
            self.method, self.error, after_execution=self.after_execution, times=self.times
        )


@dataclass(frozen=True, slots=True)
class Death:
    """The process that makes a call to come dies, before it or after it."""

    call: int
    after_execution: bool

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen."""
        crowd.scene.calls.die_at(self.call, after_execution=self.after_execution)


@dataclass(frozen=True, slots=True)
class Pace:
    """EC2 takes its time, in seconds."""

    attach: float
    detach: float

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen."""
        crowd.scene.ec2.attach_seconds = self.attach
        crowd.scene.ec2.detach_seconds = self.detach


@dataclass(frozen=True, slots=True)
class Deliver:
    """The queue loses its messages, or delivers them several times."""

    times: int

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen."""
        crowd.scene.queue.queued *= self.times


@dataclass(frozen=True, slots=True)
class Abort:
    """Every execution of the rollback ends where it is."""

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen."""
        crowd.scene.rollbacks.abort()


@dataclass(frozen=True, slots=True)
class Lag:
    """For some seconds a read shows nothing of what was attached."""

    read: str
    seconds: float

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen, and pass."""
        crowd.scene.ec2.lagging.add(self.read)
        crowd.run(self.seconds)
        crowd.scene.ec2.lagging.clear()


@dataclass(frozen=True, slots=True)
class Omit:
    """For some seconds lists show a resource without its tags, or not at all."""

    number: int
    seconds: float
    whole: bool

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen, and pass."""
        ec2 = crowd.scene.ec2
        ids = [*crowd.instances, *(it.id for it in ec2.interfaces()), *VPCS.values()]
        some = ids[self.number % len(ids)]
        (ec2.unlisted if self.whole else ec2.untagged).add(some)
        crowd.run(self.seconds)
        ec2.unlisted.clear()
        ec2.untagged.clear()


@dataclass(frozen=True, slots=True)
class Jam:
    """EC2 refuses what it shows as free, from now on: a device index, or an interface."""

    slot: DeviceSlot | None
    number: int

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen."""
        interfaces = [it.id for it in crowd.scene.ec2.interfaces()]
        some = interfaces[self.number % len(interfaces)] if interfaces else None
        crowd.scene.ec2.jammed.update(it for it in (self.slot or some,) if it)


@dataclass(frozen=True, slots=True)
class Bar:
    """EC2 refuses an interface for good, on every instance, and whatever is quiet."""

    number: int

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen."""
        interfaces = [it.id for it in crowd.scene.ec2.interfaces()]
        if interfaces:
            crowd.scene.ec2.barred.add(interfaces[self.number % len(interfaces)])


CrowdFault = Fault | Death | Pace | Deliver | Abort | Lag | Omit | Jam | Bar
