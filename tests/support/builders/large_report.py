"""An account of many attachments, or one, for the page that reports it."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from dualhome.domain.attachment import Attachment, AuditEntry, Failure, Move
from dualhome.domain.ec2 import (
    AttachmentStatus,
    DeviceSlot,
    Instance,
    Interface,
    SeenAttachment,
    Vpc,
)
from dualhome.domain.identifiers import AttachmentId, InstanceId, InterfaceId, Zone, ZoneId
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.reasons import Reason
from dualhome.domain.states import HOLDING, State
from dualhome_cli.pools.capacity import pools_of
from dualhome_cli.pools.shortages import shortages
from dualhome_cli.report.data import Facts
from dualhome_cli.report.statistics import day_of
from dualhome_cli.status.attachment_row import row_of
from tests.support.builders.accounts import an_account_of
from tests.support.builders.values import (
    NOW,
    TRACE,
    a_record,
    a_vpc,
    an_app_vpc,
    an_instance,
    an_interface,
)

ZONES = (Zone("us-east-1a"), Zone("us-east-1b"), Zone("us-east-1c"))
APPS = ("vpc-0a1f6b2c3d4e5f601", "vpc-0a1f6b2c3d4e5f602")
POOLS = {"mgmt": "vpc-0b1f6b2c3d4e5f601", "data": "vpc-0c1f6b2c3d4e5f602"}
ORDINARY_ODDS = {
    (State.ATTACHED, None): 960,
    (State.ATTACHING, None): 8,
    (State.RELEASING, Reason.NOT_WANTED): 5,
    (State.WAITING, Reason.POOL_EMPTY): 12,
    (State.REFUSED, Reason.INSTANCE_LIMIT): 6,
    (State.REFUSED, Reason.NOT_ALLOWED): 4,
    (State.FAILED, Reason.EC2_REFUSED): 3,
    (State.STUCK, Reason.DETACH_TIMEOUT): 2,
}


@dataclass
class Crowd:
    """Grows by attachments; what ``facts`` returns is what the page shows of it."""

    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - repeatable
    vpcs: list[Vpc] = field(default_factory=list)
    instances: list[Instance] = field(default_factory=list)
    interfaces: list[Interface] = field(default_factory=list)
    records: list[Attachment] = field(default_factory=list)
    entries: list[AuditEntry] = field(default_factory=list)

    def attachment(
        self,
        state: State = State.ATTACHED,
        *,
        name: str = "web-1",
        target: str = "mgmt",
        zone: Zone = ZONES[0],
        app: str = APPS[0],
        reason: Reason | None = None,
        **fields: Any,
    ) -> Attachment:
        """Add an instance and its record, and the interface that it holds, if any."""
        instance = InstanceId(f"i-{self._hex()}")
        if state in HOLDING:
            seen = self._seen(instance)
            self.free(target, zone, attachment=seen)
            fields |= {"interface": seen.interface, "vpc": POOLS[target], "attachment_id": seen.id}
        tags = {"Name": name} if name else {}
        launched = an_instance(instance, targets=target, tags=tags, vpc=app)
        self.instances.append(replace(launched, zone=zone, zone_id=ZoneId("")))
        record = a_record(
            state, instance=instance, target=target, zone=zone, reason=reason, **fields
        )
        self.records.append(record)
        return record

    def free(self, target: str = "mgmt", zone: Zone = ZONES[0], **fields: Any) -> Interface:
        """Add an interface to a pool."""
        seen: SeenAttachment | None = fields.get("attachment")
        number = len(self.interfaces)
        network = 20 + list(POOLS).index(target)
        interface = an_interface(
            seen.interface if seen else f"eni-{self._hex()}",
            pool=target,
            vpc=POOLS[target],
            address=f"10.{network}.{number // 250}.{number % 250 + 4}",
            **fields,
        )
        interface = replace(interface, zone=zone, zone_id=ZoneId(""))
        self.interfaces.append(interface)
        return interface

    def facts(self, **fields: Any) -> Facts:
        """Return what the page shows."""
        account = self._account()
        pools = pools_of(account)
        ordinary: dict[str, Any] = {
            "stack": "dualhome",
            "region": "us-east-1",
            "at": NOW,
            "account": account,
            "rows": tuple(row_of(it, NOW) for it in self.records),
            "pools": pools,
            "shortages": tuple(shortages(account, pools, 2)),
            "day": day_of(NOW.date(), self.entries),
        }
        return Facts(**(ordinary | fields))

    def ours(self) -> list[Vpc]:
        """Return the VPCs of instances, then those of pools."""
        apps = [an_app_vpc(APPS[0]), an_app_vpc(APPS[1], cidrs=("10.11.0.0/16",))]
        return apps + [
            a_vpc(id_, target=target, cidrs=(f"10.{20 + place}.0.0/16",))
            for place, (target, id_) in enumerate(POOLS.items())
        ]

    def _account(self) -> Account:
        return an_account_of(
            *self.instances, *self.interfaces, vpcs=self.vpcs or self.ours(), records=self.records
        )

    def _seen(self, instance: InstanceId) -> SeenAttachment:
        interface = InterfaceId(f"eni-{self._hex()}")
        id_ = AttachmentId(interface.replace("eni-", "eni-attach-"))
        slot = DeviceSlot(0, 1)
        return SeenAttachment(interface, instance, slot, AttachmentStatus.ATTACHED, id_)

    def _hex(self) -> str:
        return f"0{self.chance.getrandbits(64):016x}"


def one() -> Crowd:
    """Return an account of one attachment, and one interface to spare."""
    crowd = Crowd()
    record = crowd.attachment(requested_at=NOW - timedelta(seconds=3.4))
    crowd.free()
    crowd.entries = [_entry(record)]
    return crowd


def many(count: int) -> Crowd:
    """Return an account of ``count`` attachments in three zones, with all that may be wrong."""
    crowd = Crowd()
    states, odds = zip(*ORDINARY_ODDS.items(), strict=True)
    for number, (state, reason) in enumerate(crowd.chance.choices(states, odds, k=count)):
        since = NOW - timedelta(seconds=crowd.chance.triangular(30, 40_000, 9_000))
        took = timedelta(seconds=crowd.chance.lognormvariate(1.2, 0.7))
        record = crowd.attachment(
            state,
            name=f"{('web', 'api', 'worker')[number % 3]}-{number:04}",
            target=crowd.chance.choices(("mgmt", "data"), (7, 3))[0],
            zone=ZONES[number % 3],
            app=APPS[number % 5 == 0],
            reason=reason,
            since=since,
            requested_at=since - took,
            failure=Failure("UnauthorizedOperation", "You may not do this.")
            if state is State.FAILED
            else None,
        )
        crowd.entries.append(_entry(record))
    for number in range(count // 20):
        crowd.free(("mgmt", "data")[number % 2], ZONES[number % 5 % 3])
    return crowd


def _entry(record: Attachment, number: int = 0) -> AuditEntry:
    return AuditEntry(f"{number:026}", Move(_before(record), record), TRACE)


def _before(record: Attachment) -> Attachment | None:
    """Return a record that may come before ``record``."""
    befores = {
        State.ATTACHING: State.CLAIMED,
        State.RELEASING: State.ATTACHED,
        State.FAILED: State.CLAIMED,
        State.STUCK: State.RELEASING,
    }
    before = befores.get(record.state)
    return a_record(before, instance=record.instance) if before else None


def seen_at(times: Iterable[datetime], seconds: float = 1) -> Iterator[AuditEntry]:
    """Yield an attachment seen at each of ``times``, ``seconds`` after it was asked for."""
    for number, time in enumerate(times):
        yield _entry(a_record(since=time, requested_at=time - timedelta(seconds=seconds)), number)
