"""Random tags and random worlds, legal and less so, for property tests."""

from dataclasses import replace
from datetime import timedelta
from string import ascii_letters, digits
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import AttachmentStatus, DeviceSlot, Instance, InstanceState, Interface
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, VpcId
from dualhome.domain.planning.eligibility import Policy
from dualhome.domain.planning.types import Holder, InstanceView
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.tags import MAX_VALUE, WHOLE_TAG, Wanted, print_targets
from tests.support.builders.values import (
    ACCOUNT,
    APP_VPC,
    MGMT_VPC,
    NOW,
    OTHER_ACCOUNT,
    OTHER_ZONE,
    a_primary,
    a_record,
    a_seen_attachment,
    a_vpc,
    an_app_vpc,
    an_instance,
    an_interface,
)
from tests.support.builders.views import a_view

QUICK = settings(max_examples=40)
"""All unit tests together take seconds; what needs more examples says so."""

NAMES = st.text(f"{ascii_letters}{digits}._-", min_size=1, max_size=32).map(TargetName)
INDEXES = st.integers(min_value=1, max_value=999)

TARGET_TAGS = (
    *("mgmt", "mgmt data", "data@2, mgmt", "mgmt@1", "mgmt@3 data@1 backup", "backup", "", None),
    *("mgmt@0", "mgmt mgmt"),
)
SERVING = {"mgmt": MGMT_VPC, "data": VpcId("vpc-0c")}
POOLS = {"eni-00": "mgmt", "eni-01": "data", "eni-02": "mgmt", "eni-03": "data"}
GONE = "eni-gone"
ODD_INTERFACES: tuple[dict[str, Any], ...] = (
    {"zone": OTHER_ZONE},
    {"owner": OTHER_ACCOUNT},
    {"vpc": APP_VPC},
    {"status": "pending"},
    {"pool": "mgmt"},
    {"tags": {"dualhome:reserved-for": "i-01"}},
    {"tags": {"dualhome:reserved-for": "i-02"}},
)
ODD_VPCS: tuple[dict[str, Any], ...] = (
    {"allow_from": None},
    {"allow_from": "everybody"},
    {"target": None},
    {"cidrs": ["10.10.1.0/24"]},
    {"tags": {"dualhome:device-index": "2"}},
    {"tags": {"dualhome:device-index": "none"}},
)


@st.composite
def wanted_targets(draw: st.DrawFn) -> tuple[Wanted, ...]:
    """Everything that an instance's tag can legally ask for."""
    pins = draw(st.dictionaries(NAMES, st.none() | INDEXES, max_size=8))
    unique = {index: name for name, index in pins.items()}
    wanted = [Wanted(it, pins[it] if unique[pins[it]] == it else None) for it in pins]
    while len(print_targets(wanted)) > MAX_VALUE:
        wanted.pop()
    return tuple(wanted)


def mostly(ordinary: Any, *odd: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - of any one type
    """Return a strategy for ``ordinary``, and for one of ``odd`` in every few cases."""
    return st.sampled_from((ordinary,) * 2 * (len(odd) + 1) + odd)


@st.composite
def pool_interfaces(draw: st.DrawFn, id_: str) -> Interface:
    """An interface that is free or attached somewhere, at times one that no instance may have."""
    target = POOLS[id_]
    oddity = draw(mostly({}, *ODD_INTERFACES))
    ordinary = {"pool": target, "vpc": SERVING[target]}
    if draw(st.booleans()):
        return an_interface(id_, **(ordinary | oddity))
    seen = a_seen_attachment(
        id_,
        draw(st.sampled_from(("i-01", "i-02"))),
        index=draw(st.integers(1, 3)),
        status=draw(mostly(AttachmentStatus.ATTACHED, *AttachmentStatus)),
        id_=draw(mostly(None, "eni-attach-anew")),
    )
    return an_interface(id_, attachment=seen, **(ordinary | oddity))


@st.composite
def instances(draw: st.DrawFn, pool: list[Interface]) -> Instance:
    """An instance that holds what the pool's interfaces say, each index once."""
    here = [it.attachment for it in pool if it.attachment and it.attachment.instance == "i-01"]
    return an_instance(
        targets=draw(st.sampled_from(TARGET_TAGS)),
        tags=draw(mostly({}, {"dualhome:ignore": ""})),
        state=draw(mostly(InstanceState.RUNNING, *InstanceState)),
        attachments=(a_primary(), *{seen.slot: seen for seen in here}.values()),
        operator_managed=draw(st.integers(0, 9)) == 9,
    )


@st.composite
def records(draw: st.DrawFn, target: str, index: int) -> Attachment:
    """A record in any state, of any age, that has held an interface of its pool, or still does."""
    state = draw(st.sampled_from((State.REFUSED, State.RELEASED) if target == "*" else State))
    interface = draw(st.sampled_from([id_ for id_ in POOLS if POOLS[id_] == target] or [GONE]))
    wait = draw(st.sampled_from((-1, 1))) if state == State.FAILED else None
    return a_record(
        state,
        target=target,
        since=NOW - timedelta(seconds=draw(st.sampled_from((0, 30, 90, 600)))),
        reason=draw(mostly(None, Reason.THROTTLED, Reason.POOL_EMPTY)),
        retry_at=NOW + timedelta(minutes=wait) if wait else None,
        interface=InterfaceId(interface),
        attachment_id=a_seen_attachment(interface).id,
        slot=DeviceSlot(0, index),
    )


@st.composite
def views(draw: st.DrawFn) -> InstanceView:
    """
    A world as EC2 and the ledger may show it, in the middle of anything.

    It keeps what both guarantee: one claim for an interface, one record for a slot.
    """
    pool = [draw(pool_interfaces(id_)) for id_ in POOLS]
    targets = draw(st.lists(st.sampled_from((*SERVING, "backup", WHOLE_TAG)), unique=True))
    known = [draw(records(target, index)) for index, target in enumerate(targets, start=1)]
    serving = [
        a_vpc(**({"id_": id_, "target": target} | draw(mostly({}, *ODD_VPCS))))
        for target, id_ in SERVING.items()
    ]
    view = a_view(
        draw(instances(pool) if draw(st.integers(0, 9)) else st.none()),
        records=known,
        pool=pool,
        vpcs=[an_app_vpc(), *serving],
        capacity=draw(st.sampled_from((4, 3, 2, 1, 0))),
        policy=Policy(account=ACCOUNT, refuse_overlap=draw(st.booleans())),
    )
    elsewhere = draw(mostly([], *([InterfaceId(id_)] for id_ in POOLS)))
    theirs = {id_: Holder(InstanceId("i-02"), TargetName("mgmt")) for id_ in elsewhere}
    return replace(view, claims=theirs | dict(view.claims))


@st.composite
def roomy_views(draw: st.DrawFn) -> InstanceView:
    """A world with a free interface for each of three wanted targets, some of them claimed."""
    targets = draw(st.permutations(("mgmt", "data", "backup")))
    pins = draw(st.permutations((None, None, 1, 2, 3)))
    wanted = [Wanted(TargetName(it), pin) for it, pin in zip(targets, pins, strict=False)]
    others = draw(st.sets(st.integers(1, 3), max_size=2))
    seen = [a_seen_attachment(f"eni-other-{index}", index=index) for index in others]
    claimed = draw(st.sampled_from(((), targets[:1], targets[:2])))
    return a_view(
        an_instance(targets=print_targets(wanted), attachments=(a_primary(), *seen)),
        records=[
            a_record(
                State.CLAIMED,
                target=target,
                interface=InterfaceId(f"eni-{target}"),
                slot=DeviceSlot(0, index),
                reason=Reason.THROTTLED,
            )
            for index, target in enumerate(claimed, start=1)
        ],
        pool=[an_interface(f"eni-{it}", pool=it, vpc=VpcId(f"vpc-{it}")) for it in targets],
        vpcs=[an_app_vpc(), *(a_vpc(f"vpc-{it}", target=it) for it in targets)],
        capacity=draw(st.integers(3, 5)),
    )
