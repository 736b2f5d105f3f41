"""What people can do to a crowd in memory, by hand and by command."""

from contextlib import suppress
from dataclasses import dataclass

from dualhome.domain.attachment import OperatorRequest
from dualhome.domain.ec2 import GONE, InstanceState
from dualhome.domain.errors import DualhomeError
from dualhome.domain.identifiers import InstanceId, InterfaceId
from tests.support.fakes.call_log import Killed
from tests.support.scenarios.crowd import Crowd


@dataclass(frozen=True, slots=True)
class Launch:
    """An instance is launched, and runs."""

    desired: str | None

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen."""
        crowd.launch(self.desired)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag is set, or removed."""

    number: int
    key: str
    value: str | None

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen."""
        crowd.tag(_instance(crowd, self.number), {self.key: self.value})


@dataclass(frozen=True, slots=True)
class PutState:
    """An instance is started, stopped or terminated."""

    number: int
    state: InstanceState

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen; what is terminated does not come back."""
        id_ = _instance(crowd, self.number)
        now = crowd.shown().get(id_)
        if now and (now.state not in GONE or self.state is InstanceState.TERMINATED):
            crowd.put_state(id_, self.state)


@dataclass(frozen=True, slots=True)
class Forget:
    """An instance vanishes without an event."""

    number: int

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen."""
        if (id_ := _instance(crowd, self.number)) in crowd.shown():
            crowd.scene.ec2.forget(id_)


@dataclass(frozen=True, slots=True)
class Attach:
    """An operator attaches an interface by hand."""

    number: int
    interface: int
    index: int

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen, if EC2 does."""
        with suppress(DualhomeError):
            interface = _interface(crowd, self.interface)
            crowd.attach(_instance(crowd, self.number), interface, self.index)


@dataclass(frozen=True, slots=True)
class Detach:
    """An operator detaches an interface by hand."""

    interface: int

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen, if it is attached."""
        shown = crowd.scene.ec2.interface(_interface(crowd, self.interface))
        if shown and shown.attachment:
            crowd.scene.ec2.detach(shown.id)


@dataclass(frozen=True, slots=True)
class Delete:
    """An operator deletes an interface."""

    interface: int

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen, if EC2 does."""
        with suppress(DualhomeError):
            if shown := crowd.scene.ec2.interface(_interface(crowd, self.interface)):
                crowd.scene.ec2.delete(shown.id)


@dataclass(frozen=True, slots=True)
class Add:
    """A pool gets another interface."""

    pool: str

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen."""
        crowd.add(self.pool)


@dataclass(frozen=True, slots=True)
class Reserve:
    """An interface is reserved for an instance, or for none any more."""

    interface: int
    number: int | None

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen."""
        whom = None if self.number is None else _instance(crowd, self.number)
        key = crowd.scene.policy.keys.reserved_for
        crowd.scene.ec2.tag(_interface(crowd, self.interface), {key: whom})


@dataclass(frozen=True, slots=True)
class Pause:
    """An operator pauses the stack, or ends the pause."""

    paused: bool

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen."""
        crowd.pause(paused=self.paused)


@dataclass(frozen=True, slots=True)
class Limit:
    """An operator sets how many instances may lose interfaces between two sweeps."""

    most: int

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen."""
        crowd.limit(self.most)


@dataclass(frozen=True, slots=True)
class Command:
    """An operator asks for something about an instance."""

    number: int
    ask: OperatorRequest

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen."""
        crowd.ask(_instance(crowd, self.number), self.ask)


@dataclass(frozen=True, slots=True)
class ReconcileRequest:
    """Another invocation reconciles an instance."""

    number: int

    def __call__(self, crowd: Crowd) -> None:
        """Let it happen; if it fails, or dies, its message comes back."""
        with suppress(DualhomeError, Killed):
            crowd.scene.request(_instance(crowd, self.number))


UserAction = (
    Launch | Tag | PutState | Forget | Attach | Detach | Delete | Add
    | Reserve | Pause | Limit | Command | ReconcileRequest
)  # fmt: skip


def _instance(crowd: Crowd, number: int) -> InstanceId:
    return crowd.instances[number % len(crowd.instances)]


def _interface(crowd: Crowd, number: int) -> InterfaceId:
    known = [it.id for it in crowd.scene.ec2.interfaces()]
    return known[number % len(known)] if known else InterfaceId("eni-none")
