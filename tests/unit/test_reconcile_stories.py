"""Stories of people, faults and us: however they go, ledger and EC2 agree in the end."""

from collections.abc import Callable
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.errors import DualhomeError, ThrottledError, UnavailableError
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.states import HOLDING, State
from tests.support.builders.values import a_vpc, an_instance, an_interface
from tests.support.fakes.call_log import Killed
from tests.support.scenarios.scene import Scene, a_scene

CAST = [InstanceId(f"i-0{number}") for number in range(3)]
POOL = [an_interface(f"eni-0{number}") for number in range(3)]
DATA_POOL = [an_interface(f"eni-1{number}", pool="data", vpc="vpc-0c") for number in range(2)]
TARGET_TAGS = ["mgmt", "data", "mgmt data", "mgmt@2", "mgmt data@1", "", "mgmt@0"]
FALLIBLE = ["attach", "find", "commit", "records", "claims", "in_state", "put"]
AN_HOUR = 3600.0

Event = Callable[[Scene], object]
instances = st.sampled_from(CAST)
interfaces = st.sampled_from([*POOL, *DATA_POOL]).map(lambda it: it.id)
slots = st.sampled_from([DeviceSlot(0, 1), DeviceSlot(0, 2)])
seconds = st.sampled_from([1, 15, 100])
after = st.booleans()


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Draw something that an operator, AWS or a function does."""
    id_, eni, slot, wait = draw(instances), draw(interfaces), draw(slots), draw(seconds)
    lost = draw(after)
    method, desired = draw(st.sampled_from(FALLIBLE)), draw(st.sampled_from(TARGET_TAGS))
    ignore, number = draw(st.sampled_from([None, ""])), draw(st.integers(0, 12))
    choices: list[Event] = [
        lambda it: it.request(id_),
        lambda it: it.work_off(wait),
        lambda it: it.clock.advance(wait),
        lambda it: it.ec2.tag(id_, {"dualhome:targets": desired}),
        lambda it: it.ec2.tag(id_, {"dualhome:ignore": ignore}),
        lambda it: it.ec2.attach(id_, eni, slot),
        lambda it: it.ec2.detach(eni),
        lambda it: it.calls.fail_next(method, UnavailableError("?"), after_execution=lost),
        lambda it: it.calls.fail_next("attach", ThrottledError("slowly")),
        lambda it: it.calls.die_at(number, after_execution=lost),
    ]
    return draw(st.sampled_from(choices))


@settings(max_examples=60)
@given(story=st.lists(events(), min_size=1, max_size=12), attach_seconds=st.sampled_from([0, 3]))
def test_at_rest_the_ledger_tells_what_ec2_shows(story: list[Event], attach_seconds: int) -> None:
    """The promise of the whole: nothing half attached, nothing claimed in vain."""
    scene = _stage(attach_seconds)

    for event in story:
        with suppress(Killed, DualhomeError, KeyError):
            event(scene)
    _come_to_rest(scene)

    records = [record for id_ in CAST for record in scene.ledger.of(id_).values()]
    held = [record for record in records if record.state in HOLDING]
    assert {State.ATTACHED} >= {record.state for record in held}
    assert {record.interface for record in held} == set(scene.ledger.claimed())
    assert {(record.instance, record.slot) for record in held} == set(scene.ledger.slots())
    for record in held:
        seen = scene.ec2.interface(record.interface or POOL[0].id)
        assert seen is not None
        assert seen.attachment is not None
        assert (record.instance, record.slot) == (seen.attachment.instance, seen.attachment.slot)
    assert scene.queue.seconds_to_next() is None


def _stage(attach_seconds: int) -> Scene:
    data_vpc = a_vpc("vpc-0c", target="data", cidrs=("10.30.0.0/16",))
    scene = a_scene(*(an_instance(id_) for id_ in CAST), data_vpc, *POOL, *DATA_POOL)
    scene.ec2.attach_seconds = attach_seconds
    return scene


def _come_to_rest(scene: Scene) -> None:
    """Let every fault pass; then look at everybody, as a sweep does."""
    scene.calls.calm_down()
    for _ in range(2):
        scene.request(*CAST, event="sweep")
        scene.work_off(AN_HOUR)
        scene.clock.advance(AN_HOUR)
