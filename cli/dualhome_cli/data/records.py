"""Records, page by page: of instances, of a target, or all that are not released."""

from collections.abc import Iterable, Iterator, Sequence

from dualhome.application.ports import Ledger
from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import target_of
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome_cli.stack import Stack


def read_records(
    stack: Stack, instances: Sequence[InstanceId], target: TargetName | None
) -> Iterator[Attachment]:
    """Yield every record of ``instances``; without any, those of ``target`` or of all targets."""
    if instances:
        return _records_of(stack.ledger, instances)
    targets = [target] if target else known_targets(stack)
    return (record for target in targets for record in stack.ledger.unreleased(target))


def known_targets(stack: Stack) -> list[TargetName]:
    """
    Return every target that records may be of, by name; no table is read whole for it.

    VPCs serve most; a target that no VPC serves has unsettled records; and the sweep's checkpoint
    has the targets of what is attached to a VPC that has lost its tag.
    """
    vpcs = stack.sources.vpcs.describe().values()
    served = {target for it in vpcs if (target := target_of(it, stack.keys))}
    asked = {record.target for record in stack.ledger.unsettled()}
    return sorted(asked | stack.swept_targets() | served)


def _records_of(ledger: Ledger, instances: Iterable[InstanceId]) -> Iterator[Attachment]:
    """Yield every record of ``instances``, the released too, in the order asked."""
    for instance in instances:
        found = ledger.records([instance])[instance]
        yield from (found[target] for target in sorted(found))
