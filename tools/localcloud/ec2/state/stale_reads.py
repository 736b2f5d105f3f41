"""
Lists that are behind: older than the latest change, without tags, or without a resource.

Sources: EC2 Developer Guide, "Eventual consistency in the Amazon EC2 API"; EC2 User Guide, "Tag
your Amazon EC2 resources" (describing several resources may leave tags out; describing a single
one confirms them).
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from random import Random
from typing import Any, TypeVar

from localcloud.ec2.api.call import Call, Scope
from localcloud.ec2.state.history import History, frozen, tags_of
from localcloud.ec2.state.model import Identified
from localcloud.server.settings import Settings

Resource = TypeVar("Resource", bound=Identified)
Passes = Callable[[Any], bool]


class Shown(StrEnum):
    """How an ordered read shows a resource."""

    ABSENT = "absent"
    UNTAGGED = "untagged"
    OUTDATED = "outdated"
    """As it was when the order was given."""


@dataclass
class StaleRead:
    """
    How the next ``times`` lists of ``action`` that would show ``resource`` show it.

    ``done`` counts those that have. A read by id is never met.
    """

    action: str
    resource: str
    show: Shown
    times: int = 1
    done: int = 0

    def __post_init__(self) -> None:
        """Read what JSON brings. Raises: ValueError."""
        self.show = Shown(self.show)
        if self.times < 1:
            raise ValueError("times counts from 1")


@dataclass
class Counts:
    """
    How lists differed from the present since the start, by chance or as ordered.

    ``lagged``: lists that differed from the present. ``tags_dropped`` and ``resources_omitted``:
    resources in them. ``ordered``: resources shown as an order says.
    """

    lagged: int = 0
    tags_dropped: int = 0
    resources_omitted: int = 0
    ordered: int = 0


@dataclass
class StaleReads:
    """
    Decides what each list shows.

    Chance is the seed's, the action's and the number of the list among those of its account,
    Region and action. Each list lags by a time of its own, up to ``read_lag_seconds``.
    """

    settings: Settings
    history: History
    counts: Counts = field(default_factory=Counts)
    _orders: list[tuple[StaleRead, Any]] = field(default_factory=list)
    _lists: Counter[tuple[Scope, str]] = field(default_factory=Counter)

    def order(self, orders: Iterable[StaleRead], find: Callable[[str], Any]) -> None:
        """Take orders; ``find`` returns the resource of an id. Raises: KeyError."""
        self._orders += [(one, frozen(find(one.resource))) for one in orders]

    def report(self) -> dict[str, Any]:
        """Return the counts and the orders."""
        return {**asdict(self.counts), "orders": [asdict(order) for order, _ in self._orders]}

    def call_off(self) -> None:
        """Forget the orders; the counts continue."""
        self._orders.clear()

    def begin_anew(self) -> None:
        """Count lists from 1 again, so that the seed decides the same once more."""
        self._lists.clear()

    def begin(self, call: Call, kind: str) -> "Listing":
        """Begin a list of resources whose ids begin with ``kind``."""
        self._lists[call.scope, call.action] += 1
        number, seed = self._lists[call.scope, call.action], self.settings.lag_seed
        chance = Random(f"{seed}/{call.action}/{number}")  # noqa: S311 - the same choices each time
        return Listing(self, call, kind, chance)

    def due(self, action: str, resource: str) -> tuple[StaleRead, Any] | None:
        """Return the first order that still waits for ``resource``, and its frozen copy."""
        waiting = (
            (order, copy)
            for order, copy in self._orders
            if (order.action, order.resource) == (action, resource) and order.done < order.times
        )
        return next(waiting, None)


@dataclass
class Listing:
    """One list under way: first what it chooses from, then what it shows of a page."""

    reads: StaleReads
    call: Call
    kind: str
    chance: Random

    def found(self, now: Iterable[Resource], passes: Passes) -> list[Resource]:
        """Return what passes the filters, as it was a while ago or when an order was given."""
        present = {one.id: one for one in now}
        seen = self._earlier(present, passes)
        for name, one in list(seen.items()):
            order, as_ordered = self.reads.due(self.call.action, name) or (None, one)
            if order and order.show is Shown.OUTDATED and (passes(one) or passes(as_ordered)):
                self._count(order)
                seen[name] = as_ordered
        return [one for one in seen.values() if passes(one)]

    def shown(self, page: Iterable[Resource], passes: Passes) -> list[Resource]:
        """Return a page without some resources, and with some that have lost their tags."""
        thinned = [self._thinned(one) for one in page]
        return [one for one in thinned if one is not None and passes(one)]

    def _earlier(self, present: dict[str, Resource], passes: Passes) -> dict[str, Resource]:
        history, lag = self.reads.history, self.reads.settings.read_lag_seconds
        if not lag:
            return dict(present)
        moment = history.timeline.clock() - self.chance.uniform(0, lag)
        earlier: dict[str, Resource] = {
            one.id: one for one in history.at(moment, self.call.scope, self.kind)
        }
        changed = (
            one
            for name in present.keys() | earlier.keys()
            for one in (present.get(name), earlier.get(name))
            if present.get(name) is not earlier.get(name)
        )
        self.reads.counts.lagged += any(one is not None and passes(one) for one in changed)
        return earlier

    def _thinned(self, one: Resource) -> Resource | None:
        settings, counts = self.reads.settings, self.reads.counts
        omitted = self.chance.random() < settings.omit_resources
        untagged = self.chance.random() < settings.drop_tags
        order, _ = self.reads.due(self.call.action, one.id) or (None, None)
        if order and order.show is not Shown.OUTDATED:
            self._count(order)
            omitted |= order.show is Shown.ABSENT
            untagged |= order.show is Shown.UNTAGGED
        if omitted:
            counts.resources_omitted += 1
            return None
        if not untagged or not tags_of(one):
            return one
        counts.tags_dropped += 1
        return frozen(one, tagged=False)

    def _count(self, order: StaleRead) -> None:
        order.done += 1
        self.reads.counts.ordered += 1
