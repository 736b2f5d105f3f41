"""Causes of what several records suffer from, each told once, with all that suffer from it."""

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


def refused_for_many(it: Records) -> Iterator[Remark]:
    """EC2 refuses an interface whoever asks for it: each would try it in vain."""
    for suspect in suspects(it.account, it.now):
        codes = listed(sorted(set(suspect.codes.values())))
        names = tuple(suspect.codes)
        yield Remark(
            Severity.WARNING,
            f"EC2 refuses to attach {suspect.interface} ({codes}) to any of {listed(names)}",
            untag([suspect.interface], it.account.policy.keys.pool),
            names,
            details={str(id_): code for id_, code in suspect.codes.items()},
            targets=(suspect.target,),
        )


def namesakes(it: Records) -> Iterator[Remark]:
    """Names are not unique: who shares one, and comes late, waits for as long as the others run."""
    keys = it.account.policy.keys
    for crowd in crowds(it.account):
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


def contests(it: Records) -> Iterator[Remark]:
    """Who detaches is known to CloudTrail alone; till it ends, it is attached ever less often."""
    found = contested(it.account)
    if not found:
        return
    names = tuple(map(name_of, found))
    since = min(_began(record) for record in found)
    ids = sorted({record.instance for record in found})
    yield Remark(
        Severity.WARNING,
        f"others detach what is attached, {DETACHES} times within"
        f" {WITHIN // timedelta(minutes=1)} minutes: {listed(names)}",
        f"See by whom: aws cloudtrail lookup-events"
        f" --lookup-attributes AttributeKey=EventName,AttributeValue={DETACH}"
        f" --start-time {since:%Y-%m-%dT%H:%M:%SZ} -- keep that one off, then:"
        f" dualhome retry {' '.join(ids)}",
        names,
        details={name_of(record): record.detail for record in found},
        targets=tuple(sorted({record.target for record in found})),
    )


def _began(record: Attachment) -> datetime:
    """The first detach that counts is no older than this."""
    return record.since - WITHIN


def _number(it: Crowd) -> str:
    count = len(it.interfaces)
    return "1 interface is" if count == 1 else f"{count} interfaces are"
