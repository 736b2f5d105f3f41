"""Causes that several records share, each reported once, with all of those records."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dualhome.domain.attachment import Attachment
from dualhome.domain.planning.observe import DETACHES, WITHIN
from dualhome_cli.doctor.check import Remark, Severity, listed
from dualhome_cli.doctor.checks.records import Records, name_of
from dualhome_cli.doctor.shared_causes import Crowd, contested, crowds, suspects
from dualhome_cli.pools.shortages import reserve
from dualhome_cli.ui.shell_commands import untag

DETACH = "DetachNetworkInterface"


def refused_for_many(records: Records) -> Iterator[Remark]:
    """EC2 refuses an interface for every instance: each would try it in vain."""
    for suspect in suspects(records.account, records.now):
        codes = listed(sorted(set(suspect.codes.values())))
        names = tuple(suspect.codes)
        yield Remark(
            Severity.WARNING,
            f"EC2 refuses to attach {suspect.interface} ({codes}) to any of {listed(names)}",
            untag([suspect.interface], records.account.policy.keys.pool),
            names,
            details={str(id_): code for id_, code in suspect.codes.items()},
            targets=(suspect.target,),
        )


def namesakes(records: Records) -> Iterator[Remark]:
    """Names are not unique: of instances that share one, the last wait while the others run."""
    keys = records.account.policy.keys
    for crowd in crowds(records.account):
        reserved, missing = crowd.reserved, len(crowd.instances) - len(crowd.interfaces)
        times = f"{missing} times: " if missing > 1 else ""
        yield Remark(
            Severity.WARNING,
            f"{len(crowd.instances)} instances of the Name {reserved.name} ask for"
            f" {reserved.target} in {reserved.zone}, and {_number(crowd)} reserved for it"
            f" there: {listed(crowd.instances)}",
            f"{times}{reserve(crowd.interfaces[0], reserved, keys)}",
            tuple(crowd.instances),
            about=tuple(interface.id for interface in crowd.interfaces),
            targets=(reserved.target,),
        )


def contests(records: Records) -> Iterator[Remark]:
    """CloudTrail alone knows who detaches; until that ends, the reconciler attaches ever later."""
    found = contested(records.account)
    if not found:
        return
    names = tuple(map(name_of, found))
    since = min(_began(record) for record in found)
    ids = sorted({record.instance for record in found})
    yield Remark(
        Severity.WARNING,
        f"another user detaches what is attached, {DETACHES} times within"
        f" {WITHIN // timedelta(minutes=1)} minutes: {listed(names)}",
        f"Find the user: aws cloudtrail lookup-events"
        f" --lookup-attributes AttributeKey=EventName,AttributeValue={DETACH}"
        f" --start-time {since:%Y-%m-%dT%H:%M:%SZ} -- stop it, then:"
        f" dualhome retry {' '.join(ids)}",
        names,
        details={name_of(record): record.detail for record in found},
        targets=tuple(sorted({record.target for record in found})),
    )


def _began(record: Attachment) -> datetime:
    """The first detach that counts is no older than this."""
    return record.since - WITHIN


def _number(crowd: Crowd) -> str:
    count = len(crowd.interfaces)
    return "1 interface is" if count == 1 else f"{count} interfaces are"
