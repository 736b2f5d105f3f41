"""A sweep over the adapters, a page at each tick: the tokens of EC2 and DynamoDB are kept."""

import time
from datetime import UTC, datetime

from dualhome.adapters.dynamodb.inventory import DynamoDbInventory
from dualhome.adapters.dynamodb.ledger import DynamoDbLedger
from dualhome.adapters.dynamodb.pause import DynamoDbPauses, log_unread
from dualhome.adapters.dynamodb.sweep_checkpoint import DynamoDbSweepCheckpoints
from dualhome.adapters.ec2.instances import Ec2Instances, Ec2Vpcs
from dualhome.adapters.ec2.scan import Ec2Scan
from dualhome.application.pause import PauseGate
from dualhome.application.sweep import SweepContext, SweepReport, sweep
from dualhome.application.sweep_compare import CompareContext
from dualhome.domain.attachment import Move
from dualhome.domain.drift import Drift
from dualhome.domain.states import State
from dualhome.domain.status import StatusScope
from tests.support.builders.values import MGMT, POLICY, SLOT, TRACE, ZONE, a_cause, a_record
from tests.support.fakes.call_log import Calls
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.ec2_scan import time_for
from tests.support.fakes.queues import InMemoryReconcileQueue, InMemoryStatuses
from tests.support.fakes.release_breaker import InMemoryReleaseBreaker
from tests.support.worlds.ledgers import ATTACHMENTS, AUDIT, ids, tables
from tests.support.worlds.local import LocalWorld

TARGETS, POOL = "dualhome:targets", "dualhome:pool"
ATTACHED, ASKING, FREE = 3, 4, 4
"""Instances that have what they want, and that lack it; EC2's smallest page is 5."""


def test_a_sweep_of_one_page_at_a_time_finds_all(local_world: LocalWorld) -> None:
    """What a checkpoint holds is what AWS takes again."""
    with tables() as dynamodb:
        ledger = DynamoDbLedger(dynamodb, ATTACHMENTS, AUDIT, ids())
        missing = [local_world.instance(tags={TARGETS: "mgmt"}) for _ in range(ASKING)]
        for _ in range(FREE):
            local_world.interface(tags={POOL: "mgmt"}, zone=ZONE)
        for _ in range(ATTACHED):
            _attach(local_world, ledger)
        queue = InMemoryReconcileQueue(FakeClock(), Calls())
        compare = CompareContext(
            scan=Ec2Scan(local_world.client, POLICY.keys, page=5),
            instances=Ec2Instances(local_world.client),
            vpcs=Ec2Vpcs(local_world.client),
            inventory=DynamoDbInventory(dynamodb, ATTACHMENTS, page=2),
            ledger=ledger,
            policy=POLICY,
            gate=PauseGate(
                DynamoDbPauses(dynamodb, ATTACHMENTS),
                parameter=False,
                monotonic=time.monotonic,
                tell=log_unread,
            ),
            scope=StatusScope.BOTH,
            clock=lambda: datetime.now(UTC),
        )
        checkpoints = DynamoDbSweepCheckpoints(dynamodb, ATTACHMENTS)
        statuses = InMemoryStatuses(FakeClock(), Calls())
        breaker = InMemoryReleaseBreaker(Calls())
        here = SweepContext(compare, checkpoints, breaker, queue, statuses, most_releases=20)

        reports = [sweep(here, a_cause(), time_for(1)) for _ in range(2 + 2 + 7 + 2 + 1)]

    assert [False, True] == [report.swept for report in reports[-2:]]
    assert _expected() == reports[-1]
    assert sorted(missing) == sorted(request.instance for _, request in queue.queued)


def _attach(world: LocalWorld, ledger: DynamoDbLedger) -> None:
    instance = world.instance(tags={TARGETS: "mgmt"})
    interface = world.interface(tags={POOL: "mgmt"})
    attachment = world.interfaces.attach(instance, interface, SLOT)
    record = a_record(instance=instance, interface=interface, attachment_id=attachment)
    ledger.commit(Move(None, record), TRACE)


def _expected() -> SweepReport:
    return SweepReport(
        instances=ATTACHED + ASKING,
        drifts={Drift.MISSING: ASKING},
        releases=0,
        tripped=False,
        foreign_attachments=(),
        inconsistent_claims=(),
        states={State.ATTACHED: ATTACHED},
        pools={(MGMT, ZONE): FREE},
        paused=False,
        swept=True,
        misstated=2 * ATTACHED,
    )
