"""Targets that instances ask for and that have no record, with what their tags say."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import ACTING, GONE, Instance
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.observed import desired_state
from dualhome.domain.states import State
from dualhome.domain.tags import WHOLE_TAG, TagKeys
from dualhome_cli.stack import Stack


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """
    Something is not recorded of ``instance``.

    ``unknown``: EC2 does not show it either; ``asked``: it asks for what is not recorded.
    """

    instance: InstanceId
    why: str
    unknown: bool = False
    asked: bool = False


def unrecorded(account: Account) -> list[InstanceId]:
    """
    Return the instances that lack a record which is not released, by id.

    One that is neither running nor stopped is skipped until it is.
    """
    recorded: dict[InstanceId, set[TargetName]] = defaultdict(set)
    for holder in account.records:
        recorded[holder.instance].add(holder.target)
    return sorted(
        it.id
        for it in account.instances.values()
        if it.state in ACTING and desired_state(it, account.policy.keys).unrecorded(recorded[it.id])
    )


def unrecorded_of(
    stack: Stack, recorded: Mapping[InstanceId, Collection[Attachment]]
) -> Iterator[Unrecorded]:
    """
    Yield what is not recorded of each instance, and why; one call, and none without instances.

    Of an instance with a record, only what it asks for besides is named.
    """
    shown = stack.sources.instances.describe(recorded) if recorded else {}
    for id_, records in recorded.items():
        found = shown.get(id_)
        if found and (asked := _targets_unrecorded(found, records, stack.keys)):
            yield _not_recorded(found, asked)
        elif found and not records:
            yield Unrecorded(id_, f"{id_}: {_explained(found, stack.keys)}")
        elif not records:
            where = f"{stack.region} (account {stack.account})"
            advice = "check the id, --region and --profile."
            yield Unrecorded(
                id_, f"{id_}: there is no such instance in {where}: {advice}", unknown=True
            )


def _targets_unrecorded(
    instance: Instance, records: Collection[Attachment], keys: TagKeys
) -> list[TargetName]:
    known = {record.target for record in records if record.state != State.RELEASED}
    return desired_state(instance, keys).unrecorded(known)


def _not_recorded(instance: Instance, asked: Collection[TargetName]) -> Unrecorded:
    id_ = instance.id
    words = "targets by a malformed tag" if WHOLE_TAG in asked else repr(" ".join(asked))
    if instance.state not in ACTING:
        when = f"it is {instance.state}, and reconciled when it runs or has stopped."
        return Unrecorded(id_, f"{id_}: it asks for {words}; {when}")
    advice = f"if this lasts for a minute, run `dualhome retry {id_}`."
    why = f"{id_}: it asks for {words}, which is not recorded yet: {advice}"
    return Unrecorded(id_, why, asked=True)


def _explained(instance: Instance, keys: TagKeys) -> str:
    by_hand = "".join(
        f" {seen.interface} was attached at index {seen.slot.index} by another user."
        for seen in instance.attachments
        if seen.slot.index or seen.slot.card
    )
    if instance.state in GONE:
        return f"it is {instance.state}, and has no record."
    if keys.ignore in instance.tags:
        return f"it is excluded by {keys.ignore}.{by_hand}"
    tag = f"its tag {keys.targets} is empty"
    if keys.targets not in instance.tags:
        tag = f"it has no tag {keys.targets}"
    return f"it asks for nothing: {tag}. `dualhome plan` shows what it could have.{by_hand}"
