"""Whether a VPC still lets in whom it let in, and the warning on the record where it does not."""

from collections.abc import Mapping

from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import GONE, InstanceDescription
from dualhome.domain.identifiers import VpcId
from dualhome.domain.observed import ObservedVpc
from dualhome.domain.planning.eligibility import Policy
from dualhome.domain.reasons import Reason


def consent_withdrawn(
    record: Attachment,
    instance: InstanceDescription | None,
    vpcs: Mapping[VpcId, ObservedVpc],
    policy: Policy,
) -> bool:
    """
    Return whether the VPC of ``record`` clearly lets in the VPC of ``instance`` no longer.

    What cannot be known is no withdrawal: a VPC that the read does not show, one of another
    account, a tag that cannot be read, an instance that is not shown or is about to go.
    """
    return _consents(record, instance, vpcs, policy) is False


def warnings_now(
    record: Attachment,
    instance: InstanceDescription | None,
    vpcs: Mapping[VpcId, ObservedVpc],
    policy: Policy,
) -> tuple[Reason, ...]:
    """
    Return the warnings that an attached ``record`` shall carry: its own, and that of consent.

    ``CONSENT_WITHDRAWN`` comes and goes with the tags; while they cannot be known, it stays.
    """
    consents = _consents(record, instance, vpcs, policy)
    told = Reason.CONSENT_WITHDRAWN in record.warnings
    if consents is None or consents is not told:
        return record.warnings
    others = tuple(it for it in record.warnings if it is not Reason.CONSENT_WITHDRAWN)
    return others if consents else (*others, Reason.CONSENT_WITHDRAWN)


def _consents(
    record: Attachment,
    instance: InstanceDescription | None,
    vpcs: Mapping[VpcId, ObservedVpc],
    policy: Policy,
) -> bool | None:
    """Return None for what cannot be known."""
    vpc = vpcs.get(record.vpc) if record.vpc else None
    if vpc is None or vpc.owner != policy.account:
        return None
    # EC2 shows no VPC of an instance that is terminated.
    if instance is None or instance.state in GONE or not instance.vpc:
        return None
    return None if vpc.consent.error else vpc.consent.admits(instance.vpc)
