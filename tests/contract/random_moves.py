"""Random moves as the audit may hold them, for property tests."""

from datetime import UTC, timedelta
from string import digits
from typing import Any

from hypothesis import strategies as st

from dualhome.domain.attachment import Attachment, AuditEntry, Cause, Failure, Move, Origin, Trace
from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.identifiers import (
    AccountId,
    AttachmentId,
    InstanceId,
    InterfaceId,
    SubnetId,
    TargetName,
    VpcId,
    Zone,
)
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import Refusal
from dualhome.domain.states import HOLDING, LEGAL_MOVES, State
from tests.support.builders.hostile_text import HOSTILE
from tests.support.builders.values import NOW

HEX = st.text("0123456789abcdef", min_size=8, max_size=17)
NAMES = st.text("abcXYZ019._-", min_size=1, max_size=32) | st.just("*")
DECADE = timedelta(days=3650)
TEXTS = st.text(HOSTILE, max_size=40)
TIMES = st.datetimes(
    min_value=NOW.replace(tzinfo=None) - DECADE,
    max_value=NOW.replace(tzinfo=None) + DECADE,
    timezones=st.just(UTC),
)
ULIDS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26)
CAUSES = st.builds(
    Cause,
    event_id=TEXTS,
    source=st.sampled_from(("aws.ec2", "aws.tag", "dualhome")),
    detail_type=TEXTS,
    time=TIMES,
    tag_version=st.none() | st.integers(0, 999),
    resource=st.none() | HEX.map(lambda it: f"eni-{it}"),
    principal=st.none() | st.just("arn:aws:iam::111122223333:user/op"),
)
TRACES = st.builds(
    Trace,
    account=st.text(digits, min_size=12, max_size=12).map(AccountId),
    region=st.sampled_from(("us-east-1", "eu-central-1")),
    request_id=TEXTS,
    execution_arn=st.none() | st.just("arn:aws:states:us-east-1:111122223333:execution:a:b"),
)
HELD: dict[str, st.SearchStrategy[Any]] = {
    "interface": HEX.map(lambda it: InterfaceId(f"eni-{it}")),
    "slot": st.builds(DeviceSlot, card=st.integers(0, 1), index=st.integers(1, 15)),
    "zone": st.sampled_from(("us-east-1a", "us-east-1b")).map(Zone),
}
REFUSALS = st.builds(
    Refusal, interface=HELD["interface"], code=TEXTS, times=st.integers(1, 99), until=TIMES
)
PERHAPS: dict[str, st.SearchStrategy[Any]] = {
    "reason": st.sampled_from(Reason),
    "pin": st.integers(1, 15),
    "vpc": HEX.map(lambda it: VpcId(f"vpc-{it}")),
    "subnet": HEX.map(lambda it: SubnetId(f"subnet-{it}")),
    "attachment_id": HEX.map(lambda it: AttachmentId(f"eni-attach-{it}")),
    "failure": st.builds(Failure, code=TEXTS, message=TEXTS),
    "requested_at": TIMES,
    "retry_at": TIMES,
    "reservation": TEXTS.filter(bool),
}


@st.composite
def audit_entries(draw: st.DrawFn) -> AuditEntry:
    """An entry of any legal move, with any of the fields that a record may have."""
    before = draw(st.sampled_from(sorted(LEGAL_MOVES, key=str)))
    after = draw(st.sampled_from(sorted(LEGAL_MOVES[before])))
    earlier = draw(_records(before)) if before else None
    return AuditEntry(draw(ULIDS), Move(earlier, draw(_records(after))), draw(TRACES))


@st.composite
def _records(draw: st.DrawFn, state: State) -> Attachment:
    """A record in ``state``; who holds an interface says which, where and in which zone."""
    held = HELD if state in HOLDING else {name: st.none() | it for name, it in HELD.items()}
    fields = held | {name: st.none() | it for name, it in PERHAPS.items()}
    return Attachment(
        instance=InstanceId(f"i-{draw(HEX)}"),
        target=TargetName(draw(NAMES)),
        state=state,
        since=draw(TIMES),
        cause=draw(CAUSES),
        version=draw(st.integers(1, 999)),
        attempt=draw(st.integers(0, 99)),
        detail=draw(TEXTS),
        warnings=tuple(draw(st.lists(st.sampled_from(Reason), max_size=2))),
        origin=draw(st.sampled_from(Origin)),
        force_detach=draw(st.booleans()),
        refusals=tuple(draw(st.lists(REFUSALS, max_size=2))),
        sharing=draw(st.integers(0, 9)),
        **{name: draw(strategy) for name, strategy in fields.items()},
    )
