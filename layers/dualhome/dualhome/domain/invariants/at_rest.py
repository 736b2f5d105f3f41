"""Whether all has come to rest: nothing moves, and everybody has what may be had."""

from collections.abc import Callable, Iterator, Mapping

from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import ACTING, GONE, Instance, pool_of
from dualhome.domain.identifiers import TargetName
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.planning.all_or_none import LACKING
from dualhome.domain.planning.eligibility import RULES, why_ineligible
from dualhome.domain.reasons import HELD_BACK, Reason
from dualhome.domain.states import State
from dualhome.domain.status import MOVING

UNPROVEN = frozenset({Reason.PAUSED, Reason.TYPE_UNKNOWN, Reason.CONTESTED})
"""What waits for these waits beside what is free."""


def nothing_moves(account: Account) -> Iterator[str]:
    """Only a pause keeps a rollback waiting."""
    for record in account.records.values():
        waits = account.policy.paused and record.state == State.RELEASING
        if record.state in MOVING and not waits:
            yield f"still moving: {record}"


def what_is_not_desired_is_released(account: Account) -> Iterator[str]:
    """But for what an operator must act on, and what a pause, or the breaker, keeps attached."""
    for record in account.records.values():
        instance = account.instances.get(record.instance)
        if _is_kept(record, account):
            continue
        if instance is None or instance.state in GONE:
            if record.state != State.RELEASED:
                yield f"the instance is gone: {record}"
        elif (wanted := account.wanted(instance)) is not None:
            names = {want.target for want in wanted}
            if record.target not in names and record.state not in {State.RELEASED, State.STUCK}:
                yield f"{instance.id} wants {wanted}: {record}"


def _is_kept(record: Attachment, account: Account) -> bool:
    if record.state == State.RELEASING:
        return account.policy.paused
    return record.state == State.ATTACHED and record.reason in HELD_BACK


def every_desired_target_is_answered(account: Account) -> Iterator[str]:
    """Each has a record, and none waits beside what is free, unless the record says for what."""
    for instance in account.instances.values():
        records = dict(_desired_records(instance, account))
        for target, record in records.items():
            if record is None or record.state == State.RELEASED:
                yield f"{instance.id} wants {target}, but its record is {record}"
            elif record.state == State.WAITING and record.reason is Reason.UNIT_INCOMPLETE:
                yield from _waiting_for_nothing(record, records)
            elif record.state == State.WAITING and record.reason not in UNPROVEN:
                yield from _free_beside(record, instance, account)


def units_are_whole_or_not_at_all(account: Account) -> Iterator[str]:
    """An instance that wants all its targets or none has no part of them, unless held back."""
    for instance in account.instances.values():
        if not account.is_unit(instance) or account.policy.paused:
            continue
        records = dict(_desired_records(instance, account))
        lacking = {name for name, record in records.items() if record and record.state in LACKING}
        if any(record and record.reason is Reason.TYPE_UNKNOWN for record in records.values()):
            continue
        for record in records.values():
            if (
                lacking
                and record
                and record.state == State.ATTACHED
                and not _is_kept(record, account)
            ):
                yield f"attached, although {instance.id} lacks {sorted(lacking)}: {record}"


def _desired_records(
    instance: Instance, account: Account
) -> Iterator[tuple[TargetName, Attachment | None]]:
    for want in account.wanted(instance) or () if instance.state in ACTING else ():
        yield want.target, account.record(instance.id, want.target)


def _waiting_for_nothing(
    record: Attachment, records: Mapping[TargetName, Attachment | None]
) -> Iterator[str]:
    """Parts of a unit that wait for each other would wait for ever."""
    lacking = [other for other in records.values() if other and other.state in LACKING]
    if all(other.reason is Reason.UNIT_INCOMPLETE for other in lacking):
        yield f"every other target may be had: {record}"


def _free_beside(record: Attachment, instance: Instance, account: Account) -> Iterator[str]:
    """Beside what is reserved for the instance, nothing else is free for it."""
    pool = [
        account.candidate(interface, instance, record.target)
        for interface in account.interfaces.values()
        if pool_of(interface, account.policy.keys) == record.target
    ]
    for candidate in [own for own in pool if own.reserved] or pool:
        if not why_ineligible(candidate, RULES):
            yield f"{candidate.interface.id} is free for {record}"


AT_REST: tuple[Callable[[Account], Iterator[str]], ...] = (
    nothing_moves,
    what_is_not_desired_is_released,
    every_desired_target_is_answered,
    units_are_whole_or_not_at_all,
)
