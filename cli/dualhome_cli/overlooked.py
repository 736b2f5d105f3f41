"""Instances that ask for something that nobody has recorded: their events were lost."""

from collections import defaultdict

from dualhome.domain.account import Account
from dualhome.domain.desired_state import desired_state
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.network import ACTING


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
