"""Many instances at once, for pools that suffice and that do not."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.field import Field
from bench.figures import Figure, Row, at_most, exactly
from bench.passes import Passes
from bench.roles import RECONCILER, STATUS_WRITER
from bench.stage import Stage, wait
from dualhome.domain.attachment import Attachment, AuditEntry
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.states import State
from localcloud.client.ec2_calls import Calls, calls_since

INSTANCES = 100
POOLS = (100, 60)
READS_PROMISED = 4
NOTE = (
    "EC2 takes {:g} s to attach. Passes run side by side, so that calls cannot be assigned"
    " to passes: the worst pass is a figure of the single batch."
)


def crowds(stage: Stage) -> list[Figure]:
    """Launch a crowd for each pool."""
    return [_crowd(stage, pool) for pool in POOLS]


@dataclass(frozen=True)
class _Crowd:
    """The instances, when all are attached or waiting and their status tags are written."""

    field: Field
    instances: list[InstanceId]
    seconds: float
    calls: Calls
    passes: Passes


def _crowd(stage: Stage, interfaces: int) -> Figure:
    field = Field.make(stage, f"crowd-{interfaces}", interfaces)
    waiting = INSTANCES - interfaces
    wait(lambda: stage.queue_depth() == 0)
    number, began = stage.cloud.last_call(), datetime.now(UTC)
    instances = field.launch(INSTANCES, tagged=True)
    wait(lambda: field.count(State.ATTACHED) == interfaces, every=0.5)
    wait(lambda: field.count(State.WAITING) == waiting and stage.queue_depth() == 0, every=0.5)
    wait(
        lambda: field.count_tagged(State.ATTACHED) + field.count_tagged(State.WAITING) == INSTANCES,
        every=0.5,
    )
    calls, passes = (
        calls_since(stage.cloud, number, RECONCILER, STATUS_WRITER),
        Passes.since(stage, began),
    )
    records = [it for found in stage.ledger.records(instances).values() for it in found.values()]
    last = max((it.since for it in records if it.state == State.ATTACHED), default=began)
    crowd = _Crowd(field, instances, (last - began).total_seconds(), calls, passes)
    return Figure(
        f"{INSTANCES} instances at once, {interfaces} free interfaces",
        [*_outcomes(crowd, records, interfaces), *_cost(crowd, interfaces)],
        NOTE.format(stage.cloud.settings()["attach_seconds"]),
    )


def _outcomes(crowd: _Crowd, records: list[Attachment], attached: int) -> list[Row]:
    audit_log = crowd.field.stage.audit_log
    entries = [entry for instance in crowd.instances for entry in audit_log.of_instance(instance)]
    return [
        exactly("attached", attached, crowd.field.count(State.ATTACHED)),
        exactly("waiting", INSTANCES - attached, crowd.field.count(State.WAITING)),
        exactly("interfaces claimed twice", 0, _twice(_claimed_interfaces(entries))),
        exactly("indexes claimed twice", 0, _twice(_claimed_slots(entries))),
        exactly("lost", 0, INSTANCES - len(records) + _unfounded(crowd, records)),
    ]


def _cost(crowd: _Crowd, attached: int) -> list[Row]:
    cap = crowd.field.stage.changes_source()["ScalingConfig"]["MaximumConcurrency"]
    writes, reads = crowd.calls.writes.total(), crowd.calls.reads.total()
    # Each instance gets its status tag once; only those that are attached cost an attach, too.
    budget = INSTANCES + attached
    return [
        Row("launch to the last one attached", f"{crowd.seconds:.1f} s"),
        *(
            Row(action, str(count))
            for action, count in (crowd.calls.writes + crowd.calls.reads).items()
        ),
        at_most("mutating calls", budget, writes, f"{writes / attached:.2f} per attachment"),
        at_most("reads per pass, mean", READS_PROMISED, reads / max(crowd.passes.count, 1)),
        Row("passes", str(crowd.passes.count)),
        at_most("reconcilers at once", int(cap), crowd.passes.at_once),
    ]


def _claimed_interfaces(entries: Iterable[AuditEntry]) -> Iterable[object]:
    return (it.after.interface for it in entries if _is_claim(it))


def _claimed_slots(entries: Iterable[AuditEntry]) -> Iterable[object]:
    return ((it.after.instance, it.after.slot) for it in entries if _is_claim(it))


def _is_claim(entry: AuditEntry) -> bool:
    """Nothing in this benchmark releases a claim, so a second one is one too many."""
    return entry.after.state == State.CLAIMED != entry.move.from_state


def _twice(things: Iterable[object]) -> int:
    return sum(count > 1 for count in Counter(things).values())


def _unfounded(crowd: _Crowd, records: Iterable[Attachment]) -> int:
    """Return how many are attached on record, but not in EC2, or without their claim."""
    stage, field = crowd.field.stage, crowd.field
    shown = stage.ec2.get_paginator("describe_network_interfaces").paginate(
        Filters=[{"Name": "tag:dualhome:pool", "Values": [field.target]}]
    )
    in_ec2 = set()
    for interface in (found for page in shown for found in page["NetworkInterfaces"]):
        seen = interface.get("Attachment", {})
        place = (seen.get("InstanceId"), seen.get("DeviceIndex"), seen.get("Status"))
        in_ec2.add((interface["NetworkInterfaceId"], *place))
    claims = {(key, holder.instance) for key, holder in stage.ledger.claims(field.pool).items()}
    return sum(
        (record.interface, record.instance) not in claims
        or (record.interface, record.instance, record.slot and record.slot.index, "attached")
        not in in_ec2
        for record in records
        if record.state == State.ATTACHED
    )
