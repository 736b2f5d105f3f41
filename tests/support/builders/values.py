"""Values for tests: each builder makes a whole, ordinary one; a test names what it is about."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from dualhome.domain.attachment import Attachment, Cause, Trace
from dualhome.domain.ec2 import (
    AttachmentStatus,
    DeviceSlot,
    Instance,
    InstanceState,
    Interface,
    SeenAttachment,
    Vpc,
)
from dualhome.domain.identifiers import (
    AccountId,
    AttachmentId,
    InstanceId,
    InterfaceId,
    SubnetId,
    TargetName,
    VpcId,
    Zone,
    ZoneId,
)
from dualhome.domain.pause import Pause, PauseChange, PauseReading
from dualhome.domain.planning.eligibility import Policy
from dualhome.domain.states import HOLDING, State
from dualhome.domain.tags import TagKeys

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ACCOUNT = AccountId("111122223333")
OTHER_ACCOUNT = AccountId("444455556666")
ZONE = Zone("us-east-1a")
OTHER_ZONE = Zone("us-east-1b")
ZONE_IDS = {ZONE: ZoneId("use1-az1"), OTHER_ZONE: ZoneId("use1-az2")}
APP_VPC = VpcId("vpc-0a")
MGMT_VPC = VpcId("vpc-0b")
MGMT = TargetName("mgmt")
DATA = TargetName("data")
INSTANCE = InstanceId("i-01")
INTERFACE = InterfaceId("eni-01")
SLOT = DeviceSlot(card=0, index=1)
OPERATOR = "arn:aws:sts::111122223333:assumed-role/oncall/alex"
OPERATOR_ID = "AROAEXAMPLEEXAMPLE123:alex"
PAUSED = PauseReading(paused=True)
POLICY = Policy(account=ACCOUNT, keys=TagKeys("dualhome"))
TRACE = Trace(account=ACCOUNT, region="us-east-1", request_id="request-1")


def an_instance(
    id_: str = INSTANCE,
    *,
    targets: str | None = "mgmt",
    tags: Mapping[str, str] | None = None,
    **fields: Any,
) -> Instance:
    """Return a running t3.medium in the application VPC that wants ``targets``."""
    desired = {} if targets is None else {"dualhome:targets": targets}
    ordinary: dict[str, Any] = {
        "owner": ACCOUNT,
        "vpc": APP_VPC,
        "zone": ZONE,
        "type": "t3.medium",
        "state": InstanceState.RUNNING,
        "attachments": (a_primary(id_),),
    }
    zone_id = ZONE_IDS[fields.get("zone", ZONE)]
    return Instance(
        id=InstanceId(id_),
        tags=desired | dict(tags or {}),
        **({"zone_id": zone_id} | ordinary | fields),
    )


def a_seen_attachment(
    interface: str = INTERFACE,
    instance: str = INSTANCE,
    *,
    index: int = 1,
    status: AttachmentStatus = AttachmentStatus.ATTACHED,
    id_: str | None = None,
    delete_on_termination: bool = False,
) -> SeenAttachment:
    """Return ``interface`` as EC2 shows it on ``instance``."""
    return SeenAttachment(
        interface=InterfaceId(interface),
        instance=InstanceId(instance),
        slot=DeviceSlot(card=0, index=index),
        status=status,
        id=AttachmentId(id_ or f"eni-attach-{interface.removeprefix('eni-')}"),
        delete_on_termination=delete_on_termination,
    )


def a_primary(instance: str = INSTANCE) -> SeenAttachment:
    """Return the primary interface of ``instance``, at device index 0."""
    return a_seen_attachment(f"eni-primary-{instance}", instance, index=0)


def an_interface(
    id_: str = INTERFACE,
    *,
    pool: str | None = "mgmt",
    tags: Mapping[str, str] | None = None,
    **fields: Any,
) -> Interface:
    """Return a free interface of the ``pool`` in the management VPC."""
    marks = {} if pool is None else {"dualhome:pool": pool}
    attachment: SeenAttachment | None = fields.get("attachment")
    ordinary: dict[str, Any] = {
        "owner": ACCOUNT,
        "vpc": MGMT_VPC,
        "subnet": SubnetId("subnet-0b"),
        "zone": ZONE,
        "status": "in-use" if attachment else "available",
    }
    zone_id = ZONE_IDS[fields.get("zone", ZONE)]
    return Interface(
        id=InterfaceId(id_),
        tags=marks | dict(tags or {}),
        **({"zone_id": zone_id} | ordinary | fields),
    )


def a_vpc(
    id_: str = MGMT_VPC,
    *,
    target: str | None = "mgmt",
    allow_from: str | None = "*",
    cidrs: Iterable[str] = ("10.20.0.0/16",),
    tags: Mapping[str, str] | None = None,
    owner: AccountId = ACCOUNT,
) -> Vpc:
    """Return a VPC that serves ``target`` and lets in every VPC."""
    marks = {"dualhome:target": target, "dualhome:allow-from": allow_from}
    present = {key: value for key, value in marks.items() if value is not None}
    return Vpc(VpcId(id_), owner, tuple(cidrs), present | dict(tags or {}))


def an_app_vpc(id_: str = APP_VPC, *, cidrs: Iterable[str] = ("10.10.0.0/16",)) -> Vpc:
    """Return the VPC that instances live in; it serves no target."""
    return a_vpc(id_, target=None, allow_from=None, cidrs=cidrs)


def a_cause(event_id: str = "event-1", **fields: Any) -> Cause:
    """Return a tag change as the cause of a reconciliation."""
    ordinary: dict[str, Any] = {
        "source": "aws.tag",
        "detail_type": "Tag Change on Resource",
        "time": NOW,
    }
    return Cause(event_id=event_id, **(ordinary | fields))


def a_record(
    state: State = State.ATTACHED,
    *,
    instance: str = INSTANCE,
    target: str = MGMT,
    **fields: Any,
) -> Attachment:
    """Return a record in ``state``; one that holds an interface holds the ordinary one."""
    held = {
        "interface": INTERFACE,
        "vpc": MGMT_VPC,
        "subnet": SubnetId("subnet-0b"),
        "slot": SLOT,
        "attempt": 1,
        "requested_at": NOW,
    }
    attached = {"attachment_id": a_seen_attachment().id}
    ordinary: dict[str, Any] = {
        "since": NOW,
        "cause": a_cause(),
        "zone": ZONE,
        **(held if state in HOLDING else {}),
        **(attached if state in HOLDING - {State.CLAIMED} else {}),
    }
    return Attachment(
        instance=InstanceId(instance),
        target=TargetName(target),
        state=state,
        **(ordinary | fields),
    )


def a_pause(**fields: Any) -> Pause:
    """Return the pause of an operator, or what ends one."""
    ordinary: dict[str, Any] = {
        "paused": True,
        "since": NOW,
        "by": OPERATOR,
        "user_id": OPERATOR_ID,
        "reason": "a tag policy went wrong",
    }
    return Pause(**(ordinary | fields))


def a_pause_change(id_: str = "01KAPAUSE0000000000000000A", **fields: Any) -> PauseChange:
    """Return the audit entry of a pause, the first of its stack."""
    return PauseChange(id_, None, a_pause(**fields), ACCOUNT, TRACE.region)
