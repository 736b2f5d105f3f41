"""What instances ask for and the ledger does not record, with what their tags say."""

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


def overlooked(account: Account) -> list[InstanceId]:
    """
    Return the instances that lack a record which is not released, by id.

    One that is neither running nor stopped is left alone until it is.
    """
    recorded: dict[InstanceId, set[TargetName]] = defaultdict(set)
    for holder in account.records:
        recorded[holder.instance].add(holder.target)
    return sorted(
        it.id
        for it in account.instances.values()
        if it.state in ACTING and desired_state(it, account.policy.keys).unrecorded(recorded[it.id])
    )


@dataclass(frozen=True, slots=True)
class Absence:
    """
    Something is not recorded of ``instance``.

    ``unknown``: EC2 does not show it either; ``overlooked``: it asks for what is not recorded.
    """

    instance: InstanceId
    why: str
    unknown: bool = False
    overlooked: bool = False


def absences(
    stack: Stack, recorded: Mapping[InstanceId, Collection[Attachment]]
) -> Iterator[Absence]:
    """
    Say what is not recorded of each instance, and why; one call, and none without instances.

    Of an instance with a record, only what it asks for besides is told.
    """
    shown = stack.sources.instances.describe(recorded) if recorded else {}
    for id_, records in recorded.items():
        found = shown.get(id_)
        if found and (asked := _unrecorded(found, records, stack.keys)):
            yield _overlooked(found, asked)
        elif found and not records:
            yield Absence(id_, f"{id_}: {_explained(found, stack.keys)}")
        elif not records:
            where = f"{stack.region} (account {stack.account})"
            advice = "look at the id, --region and --profile."
            yield Absence(
                id_, f"{id_}: there is no such instance in {where}: {advice}", unknown=True
            )


def _unrecorded(
    instance: Instance, records: Collection[Attachment], keys: TagKeys
) -> list[TargetName]:
    known = {record.target for record in records if record.state != State.RELEASED}
    return desired_state(instance, keys).unrecorded(known)


def _overlooked(instance: Instance, asked: Collection[TargetName]) -> Absence:
    id_ = instance.id
    words = "what cannot be read" if WHOLE_TAG in asked else repr(" ".join(asked))
    if instance.state not in ACTING:
        when = f"it is {instance.state}, and looked at when it runs or has stopped."
        return Absence(id_, f"{id_}: it asks for {words}; {when}")
    advice = f"look again in a minute, then run `dualhome retry {id_}`."
    why = f"{id_}: it asks for {words}, but nothing is recorded yet: {advice}"
    return Absence(id_, why, overlooked=True)


def _explained(instance: Instance, keys: TagKeys) -> str:
    by_hand = "".join(
        f" {seen.interface} was attached at index {seen.slot.index} by somebody else."
        for seen in instance.attachments
        if seen.slot.index or seen.slot.card
    )
    if instance.state in GONE:
        return f"it is {instance.state}, and nothing was ever recorded of it."
    if keys.ignore in instance.tags:
        return f"its tag {keys.ignore} tells dualhome to keep its hands off.{by_hand}"
    tag = f"its tag {keys.targets} is empty"
    if keys.targets not in instance.tags:
        tag = f"it has no tag {keys.targets}"
    return f"it asks for nothing: {tag}. `dualhome plan` shows what it might.{by_hand}"
