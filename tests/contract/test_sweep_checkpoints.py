"""The checkpoint of sweeps: the same in memory and in DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from dualhome.adapters.dynamodb.items import read, values
from dualhome.adapters.dynamodb.sweep_checkpoint import DynamoDbSweepCheckpoints
from dualhome.application.sweep_ports import SweepCheckpoints
from dualhome.domain.drift import Drift
from dualhome.domain.errors import RecordMovedError
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.states import State
from dualhome.domain.sweep import (
    LISTED,
    NOTED,
    REMEMBERED,
    REPAIRS,
    Phase,
    SweepCheckpoint,
    SweepFindings,
)
from tests.support.builders.values import DATA, INSTANCE, INTERFACE, MGMT, NOW, ZONE
from tests.support.fakes.ledger import InMemorySweepCheckpoints
from tests.support.worlds.ledgers import ATTACHMENTS, tables

LARGEST_ITEM = 400 * 1024
"""Bytes (DynamoDB Developer Guide, "Quotas")."""

FINDINGS = SweepFindings(
    instances=3,
    drifts={Drift.MISSING: 2, Drift.DETACHED: 1},
    states={State.ATTACHED: 1000, State.STUCK: 1},
    free={MGMT: {ZONE: 0}, DATA: {ZONE: 7}},
    targets=(DATA, MGMT),
    foreign_attachments=((INTERFACE, INSTANCE),),
    inconsistent_claims=(INTERFACE,),
    unwanted=(INSTANCE,),
    misstated={INSTANCE: "0123456789ab"},
    repairs=(INTERFACE,),
    paused=True,
)
CHECKPOINT = SweepCheckpoint(
    NOW,
    0,
    Phase.ATTACHED,
    "mgmt",
    '{"pk": {"S": "a"}}',
    (TargetName("old"),),
    FINDINGS,
    FINDINGS,
    {INTERFACE: "0123456789ab"},
    {INTERFACE: NOW},
)


@pytest.fixture(params=["in memory", "DynamoDB"])
def checkpoints(request: pytest.FixtureRequest) -> Iterator[SweepCheckpoints]:
    """Each implementation in turn."""
    if request.param == "in memory":
        yield InMemorySweepCheckpoints()
    else:
        with tables() as client:
            yield DynamoDbSweepCheckpoints(client, ATTACHMENTS)


def test_before_the_first_sweep_there_is_none(checkpoints: SweepCheckpoints) -> None:
    """And no target is known."""
    assert checkpoints.read() is None
    assert frozenset() == checkpoints.targets()


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("findings", [SweepFindings(), FINDINGS], ids=["empty", "full"])
def test_what_is_written_is_read(
    checkpoints: SweepCheckpoints, phase: Phase, findings: SweepFindings
) -> None:
    """Wherever a sweep was cut off."""
    written = checkpoints.write(replace(CHECKPOINT, phase=phase, findings=findings, token=None))

    assert written == checkpoints.read()
    assert 1 == written.version


def test_each_write_goes_over_the_version_that_was_read(checkpoints: SweepCheckpoints) -> None:
    """So that each page is read once."""
    first = checkpoints.write(CHECKPOINT)

    second = checkpoints.write(replace(first, at=NOW + timedelta(seconds=1)))

    assert 2 == second.version
    assert second == checkpoints.read()


@pytest.mark.parametrize("version", [0, 1, 3])
def test_the_slower_of_two_does_not_write(checkpoints: SweepCheckpoints, version: int) -> None:
    """Of two sweeps at once one goes on, and the other one ends."""
    ahead = checkpoints.write(checkpoints.write(CHECKPOINT))

    with pytest.raises(RecordMovedError):
        checkpoints.write(replace(CHECKPOINT, version=version, part="data"))

    assert ahead == checkpoints.read()


def test_targets_are_known_of_this_sweep_and_until_it_is_done_of_the_last(
    checkpoints: SweepCheckpoints,
) -> None:
    """One without a pool and without a record that holds is forgotten then."""
    under_way = checkpoints.write(CHECKPOINT)
    while_it_lasts = checkpoints.targets()

    checkpoints.write(replace(under_way, phase=Phase.DONE))

    assert {"data", "mgmt", "old"} == while_it_lasts
    assert {"data", "mgmt"} == checkpoints.targets()


def test_the_largest_checkpoint_is_an_item_that_dynamodb_takes() -> None:
    """Ten thousand releases are as many as the parameter allows; names have 32 characters."""
    names = tuple(TargetName(f"{number:032}") for number in range(1000))
    instances = tuple(InstanceId(f"i-{number:017x}") for number in range(10_001))
    interfaces = [InterfaceId(f"eni-{number:017x}") for number in range(LISTED)]
    marks = {f"eni-{number:017x}": "0123456789ab" for number in range(NOTED)}
    largest = replace(
        FINDINGS,
        free={name: {ZONE: 1000} for name in names},
        targets=names,
        foreign_attachments=tuple((interface, INSTANCE) for interface in interfaces),
        inconsistent_claims=tuple(interfaces),
        unwanted=instances,
        misstated=marks,
        repairs=tuple(interfaces[:REPAIRS]),
    )
    remembered = {f"eni-{number:017x}": NOW for number in range(REMEMBERED - REPAIRS)}
    full = replace(CHECKPOINT, targets=names, before=largest, noted=marks, repaired=remembered)
    item = values(replace(full, findings=SweepFindings()))

    assert _size(item) < LARGEST_ITEM
    assert largest == read(SweepCheckpoint, item).before


def _size(value: object) -> int:
    """Return the bytes of a value (DynamoDB Developer Guide, "item sizes and formats")."""
    match value:
        case dict():
            return 3 + sum(1 + len(key) + _size(it) for key, it in value.items())
        case list() | tuple():
            return 3 + sum(1 + _size(it) for it in value)
        case int():
            return 21
        case _:
            return len(str(value))
