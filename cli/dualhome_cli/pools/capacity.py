"""How many interfaces each pool has and who waits for it: per target and zone, VPC by VPC."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from dualhome.domain.ec2 import (
    Instance,
    InstanceState,
    Interface,
    pool_of,
    reservation_of,
    target_of,
)
from dualhome.domain.identifiers import InstanceId, InterfaceId, SubnetId, TargetName, VpcId, Zone
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.observed import (
    ObservedInterface,
    ObservedVpc,
    desired_state,
    observed_instance,
    observed_interface,
)
from dualhome.domain.planning.eligibility import (
    PAIR_RULES,
    Candidate,
    Policy,
    Rejection,
    why_ineligible,
)
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.tags import ANY_VPC, WHOLE_TAG

ANY_INSTANCE = InstanceId("i-any")


HAVING = frozenset({State.CLAIMED, State.ATTACHING, State.ATTACHED})
"""States in which an instance has, or is about to have, what it wants."""

Place = tuple[TargetName, Zone]


class Use(StrEnum):
    """The use of an interface of a pool."""

    FREE = "free"
    RESERVED = "reserved"
    """Free, but only for the instance that its tag names."""
    CLAIMED = "claimed"
    """Moving to an instance or back, or stuck."""
    USED = "used"
    """Attached, by the reconciler or by another user."""
    UNUSABLE = "unusable"
    """No instance may have it: its fault says why."""


@dataclass(frozen=True, slots=True)
class Stock:
    """
    One VPC's interfaces for a target in a zone.

    ``faults`` explains the unusable ones; ``subnet`` is one that interfaces here lie in;
    ``reserved`` counts those with a reservation, whatever their use.
    """

    vpc: VpcId
    uses: Mapping[InterfaceId, Use] = field(default_factory=dict)
    faults: tuple[Rejection, ...] = ()
    subnet: SubnetId | None = None
    reserved: int = 0

    def count(self, use: Use) -> int:
        """Return how many interfaces are used so."""
        return sum(it is use for it in self.uses.values())


@dataclass(frozen=True, slots=True)
class Pool:
    """
    What instances in ``zone`` may get for ``target``, and who wants it.

    ``stocks`` holds every VPC that serves the target, with or without interfaces here.
    ``wanting`` are all instances there that ask for the target; ``waiting`` those of them that
    have none, with the reason in their record, or None where there is none.
    """

    target: TargetName
    zone: Zone
    stocks: tuple[Stock, ...]
    wanting: frozenset[InstanceId]
    waiting: Mapping[InstanceId, Reason | None]

    @property
    def free(self) -> int:
        """The interfaces that every instance may have that is allowed in."""
        return sum(stock.count(Use.FREE) for stock in self.stocks)

    @property
    def size(self) -> int:
        """All interfaces."""
        return sum(len(stock.uses) for stock in self.stocks)

    def is_low(self, low_water: int) -> bool:
        """
        Whether fewer than ``low_water`` are free, by the rule of the sweep's metric PoolsLow.

        Where all interfaces are reserved, there is nothing for others to run out of.
        """
        reserved = sum(stock.reserved for stock in self.stocks)
        return self.free < low_water and not 0 < self.size == reserved


def why_unusable(
    interface: Interface, vpcs: Mapping[VpcId, ObservedVpc], policy: Policy
) -> Rejection | None:
    """
    Return the rule that keeps every instance from ``interface``; None if one may have it.

    The rules are those of a plan, applied to instances that suit the interface in all that is
    theirs: account, zone, name, and each VPC that the interface's VPC allows.
    """
    shown = observed_interface(interface, interface.tags, policy.keys)
    guests = list(guest_vpcs(vpcs.get(interface.vpc))) or [VpcId("")]
    verdicts = [_verdict(shown, guest, vpcs, policy) for guest in guests]
    faults = [verdict for verdict in verdicts if verdict]
    if len(faults) < len(verdicts):
        return None
    fault = max(faults, key=lambda it: it.rank)
    if fault.reason is Reason.NOT_ALLOWED:
        detail = f"{interface.vpc} allows no other VPC: see its tag {policy.keys.allow_from}"
        return Rejection(interface.id, fault.reason, detail, fault.rank)
    return fault


def guest_vpcs(vpc: ObservedVpc | None) -> Iterator[VpcId]:
    """Yield the other VPCs whose instances ``vpc`` allows; ``*`` for any."""
    if vpc is None:
        return
    allowed = vpc.consent.allowed
    yield from (VpcId(ANY_VPC),) if ANY_VPC in allowed else sorted(map(VpcId, allowed - {vpc.id}))


def _verdict(
    interface: ObservedInterface, guest: VpcId, vpcs: Mapping[VpcId, ObservedVpc], policy: Policy
) -> Rejection | None:
    instance = Instance(
        id=ANY_INSTANCE,
        owner=policy.account,
        vpc=guest,
        zone=interface.zone,
        zone_id=interface.zone_id,
        type="",
        state=InstanceState.RUNNING,
        tags={"Name": interface.reservation},
    )
    asker = observed_instance(instance, instance.tags, policy.keys)
    target = interface.target or TargetName("")
    return why_ineligible(Candidate(interface, asker, target, vpcs, policy), PAIR_RULES)


def pools_of(account: Account) -> tuple[Pool, ...]:
    """Return every pool that has interfaces or is asked for, by target, then zone."""
    stocks, wanting, served = _stocks(account), _wanting(account), served_by(account)
    return tuple(
        Pool(
            target=target,
            zone=zone,
            stocks=_with_empty(stocks[target, zone], (it for it in served if served[it] == target)),
            wanting=frozenset(wanting[target, zone]),
            waiting=dict(_waiting(account, target, wanting[target, zone])),
        )
        for target, zone in sorted(stocks.keys() | wanting.keys())
    )


def served_by(account: Account) -> dict[VpcId, TargetName]:
    """Return the target of each VPC that serves one; one that is shared with us serves none."""
    ours = [vpc for vpc in account.vpcs.values() if vpc.owner == account.policy.account]
    named = {vpc.id: target_of(vpc, account.policy.keys) for vpc in ours}
    return {vpc: target for vpc, target in named.items() if target}


def misnamed(account: Account) -> dict[VpcId, str]:
    """Return the value of the target tag of each VPC of ours in which it names no target."""
    key, served = account.policy.keys.target, served_by(account)
    ours = [vpc for vpc in account.vpcs.values() if vpc.owner == account.policy.account]
    tagged = {vpc.id: vpc.tags[key] for vpc in ours if key in vpc.tags}
    return {vpc: value for vpc, value in tagged.items() if vpc not in served}


def wanted_targets(account: Account) -> Counter[TargetName]:
    """Return how many instances ask for each target."""
    found = Counter[TargetName]()
    for (target, _), instances in _wanting(account).items():
        found[target] += len(instances)
    return found


def _wanting(account: Account) -> dict[Place, list[InstanceId]]:
    found: dict[Place, list[InstanceId]] = defaultdict(list)
    for instance in account.instances.values():
        for target in desired_state(instance, account.policy.keys).wanted:
            if target != WHOLE_TAG:
                found[target, instance.zone].append(instance.id)
    return found


def _waiting(
    account: Account, target: TargetName, wanting: Iterable[InstanceId]
) -> Iterator[tuple[InstanceId, Reason | None]]:
    for instance in wanting:
        record = account.record(instance, target)
        if record is None or record.state not in HAVING:
            yield instance, record.reason if record else None


def _with_empty(stocks: Mapping[VpcId, Stock], serving: Iterable[VpcId]) -> tuple[Stock, ...]:
    every = {vpc: Stock(vpc) for vpc in serving} | dict(stocks)
    return tuple(every[vpc] for vpc in sorted(every))


def _stocks(account: Account) -> dict[Place, dict[VpcId, Stock]]:
    grouped: dict[Place, dict[VpcId, list[Interface]]] = defaultdict(lambda: defaultdict(list))
    for interface in account.interfaces.values():
        if target := pool_of(interface, account.policy.keys):
            grouped[target, interface.zone][interface.vpc].append(interface)
    stocks: dict[Place, dict[VpcId, Stock]] = defaultdict(dict)
    vpcs = account.observed_vpcs()
    for place, by_vpc in grouped.items():
        stocks[place] = {vpc: _stock(account, vpc, found, vpcs) for vpc, found in by_vpc.items()}
    return stocks


def _stock(
    account: Account,
    vpc: VpcId,
    interfaces: Sequence[Interface],
    vpcs: Mapping[VpcId, ObservedVpc],
) -> Stock:
    verdicts = {it.id: why_unusable(it, vpcs, account.policy) for it in interfaces}
    uses = {it.id: _use(account, it, verdicts[it.id]) for it in interfaces}
    faults = (verdicts[id_] for id_, use in uses.items() if use is Use.UNUSABLE)
    return Stock(
        vpc,
        uses,
        tuple(fault for fault in faults if fault),
        # A subnet on an Outpost would make another interface there.
        next((it.subnet for it in interfaces if not it.outpost), None),
        sum(bool(reservation_of(it, account.policy.keys)) for it in interfaces),
    )


def _use(account: Account, interface: Interface, fault: Rejection | None) -> Use:
    available = interface.status == "available"
    if interface.id in account.claims:
        return Use.CLAIMED if available else Use.USED
    if fault:
        return Use.UNUSABLE
    if not available:
        return Use.USED
    return Use.RESERVED if reservation_of(interface, account.policy.keys) else Use.FREE
