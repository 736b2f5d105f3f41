"""Which calls the fakes were asked to make, and what is to happen around some of them."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

READS = ("describe_instances", "describe_types", "describe_vpcs", "describe_pool")
"""The reads of EC2 that a pass makes; the ledger's are not EC2's business."""


BY_ID = (
    "describe_tags",
    "describe_instance",
    "describe_vpcs_by_id",
    "describe_interfaces_by_id",
)
"""The reads by id that confirm what a pass would end."""


class Killed(BaseException):
    """The process died: nothing in the package may catch it."""


@dataclass(frozen=True, slots=True)
class Surprise:
    """Something that happens once, right before or after a call of ``method``."""

    method: str
    after_execution: bool
    happen: Callable[[], object]


@dataclass(slots=True)
class Calls:
    """The calls of all fakes of one test, in their order."""

    made: list[str] = field(default_factory=list)
    _surprises: list[Surprise] = field(default_factory=list)
    _death: tuple[int, bool] | None = None

    def fail_next(
        self, method: str, error: BaseException, *, after_execution: bool = False, times: int = 1
    ) -> None:
        """
        Let the next ``times`` calls of ``method`` raise ``error``.

        ``after_execution``: the call is carried out, and its reply is lost.
        """

        def fail() -> None:
            raise error

        self._surprises += [Surprise(method, after_execution, fail)] * times

    def fail_nth(
        self, method: str, skip: int, error: BaseException, *, after_execution: bool = False
    ) -> None:
        """Let a call of ``method`` raise ``error`` after ``skip`` of them were left alone."""
        nothing = Surprise(method, after_execution, lambda: None)
        self._surprises += [nothing] * skip
        self.fail_next(method, error, after_execution=after_execution)

    def before_next(self, method: str, happen: Callable[[], object], *, times: int = 1) -> None:
        """Let something happen just before each of the next ``times`` calls of ``method``."""
        self._surprises += [Surprise(method, after_execution=False, happen=happen)] * times

    def die_at(self, call: int, *, after_execution: bool) -> None:
        """Kill the process at the call that is number ``call`` from now, counted from 0."""
        self._death = (len(self.made) + call, after_execution)

    def count(self, *methods: str) -> int:
        """Return how often any of ``methods`` was called."""
        counted = Counter(self.made)
        return sum(counted[method] for method in methods)

    def calm_down(self) -> None:
        """Let nothing happen any more around the calls to come."""
        self._surprises.clear()
        self._death = None

    def forget(self) -> None:
        """Begin to count anew."""
        self.made.clear()

    @contextmanager
    def making(self, method: str) -> Iterator[None]:
        """Count a call, with what is to happen around it."""
        number = len(self.made)
        self.made.append(method)
        self._strike(number, method, after_execution=False)
        yield
        self._strike(number, method, after_execution=True)

    def _strike(self, number: int, method: str, *, after_execution: bool) -> None:
        if self._death == (number, after_execution):
            self._death = None
            raise Killed
        for it in self._surprises:
            if (it.method, it.after_execution) == (method, after_execution):
                self._surprises.remove(it)
                it.happen()
                return
