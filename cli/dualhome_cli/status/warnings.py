"""What a record warns of, each with the advice or the command that ends the warning."""

from collections.abc import Iterator

from dualhome.domain.attachment import Attachment
from dualhome.domain.identifiers import AttachmentId, InterfaceId
from dualhome.domain.reasons import Reason


def advice_on(record: Attachment) -> Iterator[str]:
    """Yield what to do about each warning of ``record``, with its ids where a command ends it."""
    for warning in record.warnings:
        known = record.interface and record.attachment_id
        if warning is Reason.DELETE_ON_TERMINATION and known:
            yield keep(record.interface, record.attachment_id)
        else:
            yield warning.advice


def keep(interface: InterfaceId | None, attachment: AttachmentId | None) -> str:
    """Say how ``interface`` outlives the instance that it is attached to."""
    return (
        f"EC2 deletes {interface} with the instance. To keep it:"
        f" aws ec2 modify-network-interface-attribute --network-interface-id {interface}"
        f" --attachment AttachmentId={attachment},DeleteOnTermination=false"
    )
