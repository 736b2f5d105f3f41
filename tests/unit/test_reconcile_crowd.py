"""Many instances at once: what a batch costs, and that no instance gets what another one has."""

from collections import Counter

import pytest

from dualhome.application.reconcile import reconcile
from dualhome.application.requests import ReconcileRequest
from dualhome.domain.ec2 import Interface
from dualhome.domain.errors import UnexpectedAwsError
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import MGMT, a_cause, a_vpc, an_instance, an_interface
from tests.support.fakes.call_log import READS
from tests.support.scenarios.scene import Scene, a_scene

CROWD = [InstanceId(f"i-{number:03}") for number in range(100)]


@pytest.mark.parametrize("size", [1, 10, 50])
def test_a_pass_reads_ec2_four_times_at_most_however_many_instances_it_reconciles(
    size: int,
) -> None:
    """Reads share their buckets with everybody else in the account."""
    scene = _scene(interfaces=size)

    scene.request(*CROWD[:size])

    assert 4 == scene.calls.count(*READS)
    assert dict.fromkeys(READS, 1) == {method: scene.calls.count(method) for method in READS}
    assert size == scene.calls.count("attach")


def test_a_pass_reads_ec2_once_more_only_after_a_refusal() -> None:
    """The refusal may be an echo: one read of the one interface it is about."""
    scene = _scene(interfaces=3)
    refused = UnexpectedAwsError("We do not like it.", code="UnheardOf")
    scene.calls.fail_next("attach", refused)

    scene.request(*CROWD[:3])

    assert 1 == scene.calls.count("find")
    assert 4 == scene.calls.count(*READS)


def test_a_crowd_is_attached_with_one_attach_call_each() -> None:
    """Five attach calls a second are all that an account has."""
    scene = _scene(interfaces=100)

    scene.request(*CROWD[:50])
    scene.request(*CROWD[50:])
    scene.work_off()

    assert {State.ATTACHED: 100} == _states(scene)
    assert 100 == scene.calls.count("attach")
    assert 0 == scene.calls.count("find")
    _check_that_each_has_its_own(scene, interfaces=100)


def test_a_crowd_larger_than_its_pool_leaves_the_rest_waiting() -> None:
    """Sixty have what they want; forty know what they wait for."""
    scene = _scene(interfaces=60)

    scene.request(*CROWD[:50])
    scene.request(*CROWD[50:])
    scene.work_off()

    assert {State.ATTACHED: 60, State.WAITING: 40} == _states(scene)
    assert 60 == scene.calls.count("attach")
    _check_that_each_has_its_own(scene, interfaces=60)


@pytest.mark.parametrize("interfaces", [60, 100])
def test_three_reconcilers_at_once_gives_none_what_another_one_has(interfaces: int) -> None:
    """All three read the same pool before any of them claims: the worst that can happen."""
    scene = _scene(interfaces=interfaces)
    shares = [CROWD[number::3] for number in range(3)]
    batches = [scene.batch(share) for share in shares]

    for turn in range(max(map(len, shares))):
        for share, batch in zip(shares, batches, strict=True):
            for instance in share[turn : turn + 1]:
                reconcile(ReconcileRequest(instance, a_cause()), batch)
    for batch in batches:
        batch.requeue.send(scene.queue)
    scene.work_off()

    rest = {State.WAITING: 100 - interfaces} if interfaces < 100 else {}
    assert {State.ATTACHED: interfaces} | rest == _states(scene)
    assert interfaces == scene.calls.count("attach")
    _check_that_each_has_its_own(scene, interfaces)


def test_every_instance_in_the_queue_for_an_empty_pool_gets_the_same_reason() -> None:
    """Waiting is no failure: it says what is missing."""
    scene = _scene(interfaces=1)

    scene.request(*CROWD[:3])

    reasons = Counter(scene.record(instance=id_).reason for id_ in CROWD[:3])
    assert {None: 1, Reason.POOL_EMPTY: 2} == reasons


def _scene(interfaces: int) -> Scene:
    pool = [an_interface(f"eni-{number:03}") for number in range(interfaces)]
    return a_scene(*(an_instance(id_) for id_ in CROWD), a_vpc(), *pool)


def _states(scene: Scene) -> dict[State, int]:
    return Counter(scene.record(instance=id_).state for id_ in CROWD)


def _check_that_each_has_its_own(scene: Scene, interfaces: int) -> None:
    """Each interface in use is on one instance, and ledger and EC2 tell the same story."""
    used: list[Interface] = [it for it in scene.ec2.interfaces() if it.attachment]
    held = {it.attachment.instance: it.id for it in used if it.attachment}
    records = {id_: scene.record(instance=id_) for id_ in CROWD}
    assert interfaces == len(used) == len(held)
    assert held == {id_: it.interface for id_, it in records.items() if it.holding}
    assert held == {it.instance: id_ for id_, it in scene.ledger.claimed().items()}
    assert interfaces == len(scene.ledger.slots())
    assert {MGMT} == {it.target for it in records.values()}
