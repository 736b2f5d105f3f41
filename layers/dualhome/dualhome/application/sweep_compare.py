"""What each page of a sweep tells: pools, records, and the instances that ask."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from dualhome.application.pause import PauseGate
from dualhome.application.ports import Instances, Vpcs
from dualhome.application.sweep_ports import Claims, Inventory, Page, Scan
from dualhome.application.sweep_statuses import (
    Suspect,
    suspect_instances,
    suspect_interfaces,
)
from dualhome.domain.attachment import Attachment
from dualhome.domain.drift import (
    SEEN_ON_INSTANCES,
    Drift,
    drift_of,
    foreign_attachments,
)
from dualhome.domain.ec2 import Interface, Vpc
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, VpcId, Zone
from dualhome.domain.observed import (
    ObservedInstance,
    ObservedVpc,
    observed_instance,
    observed_interface,
    observed_vpc,
)
from dualhome.domain.planning.eligibility import Policy, consent_withdrawn, warnings_now
from dualhome.domain.planning.types import Holder
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.status import StatusScope, targets_named
from dualhome.domain.sweep import LISTED, Phase, SweepCheckpoint, SweepFindings
from dualhome.domain.tags import TagKeys


@dataclass(frozen=True, slots=True)
class CompareContext:
    """What pages are read from; while ``paused``, as the gate last said, nothing is a release."""

    scan: Scan
    instances: Instances
    vpcs: Vpcs
    inventory: Inventory
    ledger: Claims
    policy: Policy
    gate: PauseGate
    scope: StatusScope
    clock: Callable[[], datetime]

    @property
    def keys(self) -> TagKeys:
        """The keys of the tags that are compared."""
        return self.policy.keys

    @property
    def paused(self) -> bool:
        """Whether nothing is attached and nothing released."""
        return self.policy.paused

    def as_it_stands(self) -> Self:
        """Return the same with the pause as it is now."""
        return replace(self, policy=self.gate.applied_to(self.policy))

    def reading_vpcs_once(self) -> Self:
        """Return the same for one sweep: its VPCs are read with the first page that needs them."""
        return replace(self, vpcs=_VpcsOnce(self.vpcs))


@dataclass(slots=True)
class _VpcsOnce:
    """
    The port ``Vpcs`` for one sweep: the first answer serves all pages.

    What has changed since costs one reconcile request too many, or is found by the next sweep.
    """

    vpcs: Vpcs
    found: Mapping[VpcId, Vpc] | None = None

    def describe(self) -> Mapping[VpcId, Vpc]:
        """Return every VPC as the first read showed it."""
        if self.found is None:
            self.found = self.vpcs.describe()
        return self.found


@dataclass(frozen=True, slots=True)
class PageResult:
    """
    What one page tells: figures, instances to reconcile, and the token of the next page.

    ``suspects`` are resources whose status tag may be wrong.
    """

    findings: SweepFindings
    to_reconcile: tuple[InstanceId, ...] = ()
    token: str | None = None
    suspects: tuple[Suspect, ...] = ()


Held = dict[InterfaceId, set[Holder]]
"""Who holds an interface, by the records."""


def read_page(context: CompareContext, at: SweepCheckpoint) -> PageResult:
    """
    Read the page at which the round stands.

    Raises:
        PageGoneError: the page's token is no longer known.
        TransientError: a read failed.
    """
    match at.phase:
        case Phase.POOLS:
            return _pools(context, context.scan.pools(at.token))
        case Phase.ATTACHED:
            return _records(context, context.inventory.attached(TargetName(at.part), at.token))
        case Phase.UNSETTLED:
            return _records(context, context.inventory.unsettled(State(at.part), at.token))
        case Phase.ASKING:
            return _asking(context, at.token)
        case _:
            raise ValueError(f"{at.phase}: nothing is read there")


def _pools(context: CompareContext, page: Page[Interface]) -> PageResult:
    """EC2 is read before the ledger: what is claimed meanwhile looks newer, not lost."""
    pools = [observed_interface(it, it.tags, context.keys) for it in page.items]
    ids = [it.id for it in pools]
    claims = context.ledger.claims(ids)
    suspects = {
        Holder(it.attachment.instance, it.target)
        for it in pools
        if it.attachment and it.id not in claims and it.target
    }
    records = list(context.inventory.recorded({*claims.values(), *suspects}))
    held = _held(records)
    free: dict[TargetName, dict[Zone, int]] = defaultdict(lambda: defaultdict(int))
    for it in pools:
        if it.target and not it.reservation:
            free[it.target][it.zone] += int(it.status == "available" and it.id not in claims)
    return PageResult(
        SweepFindings(
            free=free,
            targets=tuple({it.target for it in pools if it.target}),
            foreign_attachments=tuple(
                foreign_attachments(pools, frozenset(claims.keys() | held.keys()))
            ),
            inconsistent_claims=tuple(_inconsistent_claims(context, ids, held, claims)),
        ),
        token=page.token,
        suspects=tuple(suspect_interfaces(pools, claims, records))
        if context.scope.on_interfaces
        else (),
    )


def _records(context: CompareContext, page: Page[Attachment]) -> PageResult:
    compared = {it.instance for it in page.items if it.state in SEEN_ON_INSTANCES}
    found = context.instances.describe(compared) if compared else {}
    shown = {id_: observed_instance(it, it.tags, context.keys) for id_, it in found.items()}
    attached = any(it.state == State.ATTACHED for it in page.items)
    described = context.vpcs.describe() if attached else {}
    vpcs = {id_: observed_vpc(it, it.tags, context.keys) for id_, it in described.items()}
    drifts = [
        (record.instance, drift)
        for record in page.items
        if (drift := _drift_of(context, record, shown.get(record.instance), vpcs))
        and not (context.paused and _rests(record, drift))
    ]
    unwanted = {id_ for id_, drift in drifts if drift is Drift.UNWANTED}
    # Wanted by its tag, and released but for the breaker: its unit lacks another target.
    restrained = {record.instance for record in page.items if record.reason is Reason.RELEASE_HELD}
    if context.paused:
        unwanted, restrained = set(), set()
    held = _held(page.items)
    claims = context.ledger.claims(held) if held else {}
    return PageResult(
        SweepFindings(
            drifts=Counter(drift for _, drift in drifts),
            states=Counter(record.state for record in page.items),
            targets=tuple({record.target for record in page.items if record.holding}),
            inconsistent_claims=tuple(_inconsistent_claims(context, held, held, claims)),
            unwanted=tuple(unwanted | restrained),
            paused=context.paused,
        ),
        to_reconcile=tuple(sorted({id_ for id_, _ in drifts} - unwanted)),
        token=page.token,
    )


def _rests(record: Attachment, drift: Drift) -> bool:
    """Whether ``record`` waits for the end of a pause, and asks for nothing until then."""
    unwanted = drift is Drift.UNWANTED and record.reason is Reason.PAUSED
    return unwanted or record.state is State.RELEASING


def _drift_of(
    context: CompareContext,
    record: Attachment,
    instance: ObservedInstance | None,
    vpcs: Mapping[VpcId, ObservedVpc],
) -> Drift | None:
    if drift := drift_of(record, instance, context.clock()):
        return drift
    if record.state != State.ATTACHED:
        return None
    withdrawn = consent_withdrawn(record, instance, vpcs, context.policy)
    left_as_is = instance is not None and instance.desired.left_as_is
    if context.policy.release_without_consent and withdrawn and not left_as_is:
        return Drift.UNWANTED
    noted = warnings_now(record, instance, vpcs, context.policy) == record.warnings
    return None if noted else Drift.CONSENT


def _asking(context: CompareContext, token: str | None) -> PageResult:
    statuses = context.scope.on_instances
    page = context.scan.tagged(token) if statuses else context.scan.asking(token)
    instances = [observed_instance(it, it.tags, context.keys) for it in page.items]
    asked = {Holder(it.id, target) for it in instances for target in it.desired.wanted}
    if statuses:
        asked |= {
            Holder(it.id, target) for it in instances for target in targets_named(it.status_tag)
        }
    records: dict[InstanceId, list[Attachment]] = defaultdict(list)
    for record in context.inventory.recorded(asked):
        records[record.instance].append(record)
    known = [record for found in records.values() for record in found]
    recorded: dict[InstanceId, set[TargetName]] = defaultdict(set)
    for record in known:
        if record.state is not State.RELEASED:
            recorded[record.instance].add(record.target)
    missing = sorted(it.id for it in instances if it.desired.unrecorded(recorded[it.id]))
    return PageResult(
        SweepFindings(
            # Others carry a status alone.
            instances=sum(not statuses or it.tagged for it in instances),
            drifts={Drift.MISSING: len(missing)} if missing else {},
            targets=tuple({record.target for record in known if record.holding}),
        ),
        tuple(missing),
        page.token,
        tuple(suspect_instances(instances, records)) if statuses else (),
    )


def _held(records: Iterable[Attachment]) -> Held:
    found: Held = defaultdict(set)
    for record in records:
        if record.holding and record.interface:
            found[record.interface].add(Holder(record.instance, record.target))
    return dict(found)


def _inconsistent_claims(
    context: CompareContext,
    interfaces: Iterable[InterfaceId],
    held: Held,
    claims: Mapping[InterfaceId, Holder],
) -> Iterator[InterfaceId]:
    """Return those whose claim and record disagree; so many as can be named are read anew."""
    suspects = 0
    for interface in interfaces:
        claimed = {claims[interface]} if interface in claims else set()
        recorded = held.get(interface, set())
        if recorded != claimed and suspects < LISTED:
            suspects += 1
            if _disagree(context, interface, recorded | claimed):
                yield interface


def _disagree(context: CompareContext, interface: InterfaceId, holders: set[Holder]) -> bool:
    """Read claim and records anew, twice at most: a move between the two reads tears nothing."""
    for _ in range(2):
        claim = context.ledger.claims([interface]).get(interface)
        held = _held(context.inventory.recorded(holders)).get(interface, set())
        if held == ({claim} if claim in holders else set()):
            return False
    return True
