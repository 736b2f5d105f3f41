"""What an instance's tags ask for: read here, and nowhere else."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from dualhome.domain.ec2 import GONE, Instance, InstanceState
from dualhome.domain.errors import BadTagError
from dualhome.domain.identifiers import TargetName
from dualhome.domain.tags import WHOLE_TAG, TagKeys, Wanted, parse_policy, parse_targets


@dataclass(frozen=True, slots=True)
class DesiredState:
    """
    The targets that an instance's tags name, in the order written, as one unit or each for itself.

    ``excluded``: it carries the tag ``ignore``, or departs, so that nothing of it is changed.
    ``error``: a tag is malformed; then ``WHOLE_TAG`` stands for what cannot be read.
    """

    named: Mapping[TargetName, Wanted]
    all_or_none: bool = False
    excluded: bool = False
    error: BadTagError | None = None

    @property
    def wanted(self) -> Mapping[TargetName, Wanted]:
        """What is to be attached; nothing while the instance is excluded."""
        return {} if self.excluded else self.named

    @property
    def hands_off(self) -> bool:
        """Whether nothing is attached and nothing released."""
        return self.excluded or self.error is not None

    def unrecorded(self, recorded: AbstractSet[TargetName]) -> list[TargetName]:
        """Return what is wanted and not among the targets ``recorded``, by name."""
        return sorted(self.wanted.keys() - recorded)


def read_desired_state(tags: Mapping[str, str], keys: TagKeys) -> DesiredState:
    """Return what ``tags`` of an instance ask for, whatever state it is in."""
    excluded = keys.ignore in tags
    try:
        wanted = parse_targets(keys.targets, tags.get(keys.targets, ""))
        all_or_none = parse_policy(keys.policy, tags.get(keys.policy, "each"))
    except BadTagError as error:
        return DesiredState({WHOLE_TAG: Wanted(WHOLE_TAG)}, excluded=excluded, error=error)
    return DesiredState({want.target: want for want in wanted}, all_or_none, excluded)


def desired_state(instance: Instance | None, keys: TagKeys) -> DesiredState:
    """
    Return what ``instance`` asks for; one that is not shown asks for nothing.

    One that shuts down gives its interfaces back by itself: that is no release of ours.
    """
    if instance is None:
        return DesiredState({})
    return desired_in(instance.state, instance.tags, keys)


def desired_in(state: InstanceState, tags: Mapping[str, str], keys: TagKeys) -> DesiredState:
    """Return what an instance in ``state`` asks for by its ``tags``."""
    if state in GONE:
        return DesiredState({}, excluded=True)
    return read_desired_state(tags, keys)
