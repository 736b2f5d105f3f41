"""Runs: one instance that asks for one interface, and what goes wrong on the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self, TypeVar

from tests.support.deployed.account import broken
from tests.support.deployed.attachments import want_nothing
from tests.support.deployed.faults.counts import COUNTS
from tests.support.deployed.faults.stack import comes_to_rest
from tests.support.deployed.stack import Item, Stack
from tests.support.deployed.world import Target, World

Case = TypeVar("Case")

RECONCILER, DETACHER, CHECKER = (
    "ReconcileInstancesRole",
    "DetachInterfaceRole",
    "CheckDetachedRole",
)
CLOSER, MARKER, PUBLISHER = "CloseAttachmentRole", "MarkStuckRole", "PublishChangesRole"
WRITER = "WriteStatusRole"


@dataclass
class Run:
    """
    One instance, its own target, and the pool of that.

    ``orders`` are the interruptions ordered for it, ``began`` is when it was started, on the
    stack's clock; ``by_hand`` holds the attachments that are not ours.
    """

    world: World
    target: Target
    pool: list[str]
    instance: str
    orders: list[int] = field(default_factory=list)
    began: datetime | None = None
    by_hand: list[str] = field(default_factory=list)

    @classmethod
    def prepare(cls, world: World, interfaces: int = 1) -> Self:
        """Make target and pool, and launch an instance that does not ask yet."""
        target = world.target(f"t{len(world.instances)}")
        pool = [target.interface() for _ in range(interfaces)]
        return cls(world, target, pool, world.launch())

    @property
    def stack(self) -> Stack:
        """Where it happens."""
        return self.world.stack

    def interrupt(self, **order: Any) -> None:
        """Order an interruption of the calls made for the instance, those of ``role`` if given."""
        if role := order.pop("role", ""):
            order["principal"] = self.stack.role(role)
        self.orders += self.stack.cloud.interrupt(order | {"about": self.instance})

    def ask(self) -> None:
        """Let the instance ask for its target."""
        self.began = self.stack.cloud.now()
        self.world.tag(self.instance, targets=self.target.name)

    def leave(self) -> None:
        """Let the instance ask for nothing any more."""
        self.began = self.stack.cloud.now()
        want_nothing(self.world, self.instance)

    def met(self) -> int:
        """Return how many calls the interruptions have met."""
        ordered = self.stack.cloud.interruptions()
        return sum(int(ordered[number]["done"]) for number in self.orders)

    def call_off(self) -> int:
        """Call off the interruptions; return how many calls they have met."""
        ended = [self.stack.cloud.call_off(number)[number] for number in self.orders]
        self.orders.clear()
        return sum(it["done"] for it in ended)

    @property
    def record(self) -> Item:
        """The record of the instance and its target; empty before the first."""
        return self.stack.records(self.instance).get(self.target.name, {})

    def seconds(self) -> float:
        """Return how long after its beginning the last move was recorded, on the stack's clock."""
        moves = self.stack.audit(self.instance)
        if self.began is None or not moves:
            return 0.0
        return (datetime.fromisoformat(moves[-1]["at"]) - self.began).total_seconds()

    def story(self) -> str:
        """Return the audit trail."""
        return "\n".join(
            f"{it['at']} {it['target']} {it.get('from_state')} -> {it['to_state']}"
            f" {it.get('interface')} {it.get('reason', '')} {it['after'].get('detail', '')}"
            for it in self.stack.audit(self.instance)
        )


@dataclass(frozen=True)
class Survived:
    """What a run came to: faults met, rules broken with its audit trail, its record."""

    run: Run
    met: int
    broken: list[str]
    record: Item

    @property
    def state(self) -> str | None:
        """The record's."""
        return self.record.get("state")


def prepare(world: World, cases: "list[Case]", interfaces: int = 1) -> dict[Case, Run]:
    """Prepare a run for each case; return when all their instances are running."""
    runs = {case: Run.prepare(world, interfaces) for case in cases}
    for run in runs.values():
        world.is_running(run.instance)
    return runs


def attached(world: World, cases: "list[Case]", interfaces: int = 1) -> dict[Case, Run]:
    """Prepare a run for each case, and let all attach without a fault."""
    runs = prepare(world, cases, interfaces)
    for run in runs.values():
        run.ask()
    comes_to_rest(world.stack)
    return runs


def survive(
    kind: str,
    runs: Mapping[Case, Run],
    go: Callable[[Case, Run], None],
    rest: Callable[[Stack], None] = comes_to_rest,
) -> dict[Case, Survived]:
    """Start every run, each as ``go`` says; return what they came to once all is at rest."""
    for case, run in runs.items():
        go(case, run)
    return outcome(kind, runs, rest)


def outcome(
    kind: str, runs: Mapping[Case, Run], rest: Callable[[Stack], None] = comes_to_rest
) -> dict[Case, Survived]:
    """Wait for rest, and return what the runs came to; the counts counts them as ``kind``."""
    stack = next(iter(runs.values())).stack
    rest(stack)
    by_hand = [it for run in runs.values() for it in run.by_hand]
    found = broken(stack, by_hand, [run.instance for run in runs.values()])
    return {case: _survived(kind, run, found) for case, run in runs.items()}


def _survived(kind: str, run: Run, found: list[str]) -> Survived:
    names = (run.instance, run.target.name, *run.pool)
    ours = [it for it in found if any(name in it for name in names)]
    it = Survived(run, run.call_off(), [*ours, run.story()] if ours else [], run.record)
    # No order counts manual actions, or events that are lost.
    COUNTS.note(kind, faults=max(it.met, 1), seconds=run.seconds(), broken=bool(ours))
    return it
