"""
The second reading that confirms what a first one would end: asked by id, fact by fact.

To confirm a tag, "describe a single resource" (EC2 User Guide, "Tag your Amazon EC2 resources").
What the answers give is a view of its own; the plan over that view is what is carried out.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from dualhome.domain.ec2 import GONE
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, VpcId
from dualhome.domain.observed import ObservedInstance, ObservedInterface, ObservedVpc
from dualhome.domain.planning.types import Decision, End, InstanceView, Release, move_of
from dualhome.domain.reasons import Reason

OF_SLOTS = frozenset({Reason.INSTANCE_LIMIT, Reason.INDEX_TAKEN})
"""Reasons that rest on what is attached to the instance."""

Id = TypeVar("Id", bound=str)
Shown = TypeVar("Shown", ObservedVpc, ObservedInterface)

OF_TAGS = frozenset({Reason.NOT_WANTED, Reason.CONSENT_WITHDRAWN})
"""Reasons of releases that rest on tags alone: the instance's, and the VPC's."""


@dataclass(frozen=True, slots=True)
class Questions:
    """
    What to ask EC2 by id, at most three calls for one instance and up to 200 resources.

    ``targets`` are those whose end the answers can confirm.
    """

    targets: frozenset[TargetName]
    tags: frozenset[str] = frozenset()
    instance: InstanceId | None = None
    vpcs: frozenset[VpcId] = frozenset()
    interfaces: frozenset[InterfaceId] = frozenset()


@dataclass(frozen=True, slots=True)
class Answers:
    """
    What EC2 says by id, asked at ``read_at``; what it does not know is left out.

    A resource of which only the tags were asked for is as it was read before but for what its tags
    say now.
    """

    read_at: datetime
    instance: ObservedInstance | None
    vpcs: Mapping[VpcId, ObservedVpc]
    interfaces: Mapping[InterfaceId, ObservedInterface]


def questions_of(view: InstanceView, plan: Collection[Decision]) -> Questions | None:
    """
    Return what to ask before ``plan`` is carried out; None if it ends nothing.

    Where a unit would be released, only that is confirmed: the rest comes with the next pass.
    """
    ending = [
        it for it in plan if isinstance(it, End) or (isinstance(it, Release) and not it.asked)
    ]
    if not ending:
        return None
    if unit := [it for it in ending if _releases_for(it, Reason.UNIT_INCOMPLETE)]:
        return _about_unit(view, _targets(unit), plan)
    if all(_rests_on_tags(it) for it in ending):
        withdrawn = (it for it in ending if _releases_for(it, Reason.CONSENT_WITHDRAWN))
        vpcs = (it.move.after.vpc for it in withdrawn)
        return Questions(_targets(ending), tags=frozenset({view.id, *filter(None, vpcs)}))
    # What the instance shows by its id says nothing of its VPC's consent: that comes next.
    ending = [it for it in ending if it.move.after.reason is not Reason.CONSENT_WITHDRAWN]
    records = (view.records[it.target] for it in ending if it.target in view.records)
    held = (it.interface for it in records if it.holding)
    return Questions(
        _targets(ending), instance=view.id, interfaces=frozenset(it for it in held if it)
    )


def _releases_for(ending: End | Release, reason: Reason) -> bool:
    return isinstance(ending, Release) and ending.move.after.reason is reason


def _rests_on_tags(ending: End | Release) -> bool:
    """Whether no more than tags is to be confirmed: of what EC2 does not show there is more."""
    held = ending.move.before is not None and ending.move.before.holding
    return ending.move.after.reason in OF_TAGS and (isinstance(ending, Release) or not held)


def confirmed_view(view: InstanceView, questions: Questions, answers: Answers) -> InstanceView:
    """Return ``view`` with what EC2 has answered in place of what was read before."""
    return replace(
        view,
        instance=answers.instance,
        vpcs=_merged(view.vpcs, questions.vpcs, answers.vpcs),
        pool=_merged(view.pool, questions.interfaces, answers.interfaces),
        read_at=answers.read_at if questions.instance else view.read_at,
    )


def contradicts(view: InstanceView, second: InstanceView) -> bool:
    """Return whether EC2 shows an instance by id that a list showed as gone, or did not show."""
    return _is_gone(view.instance) and not _is_gone(second.instance)


def _is_gone(instance: ObservedInstance | None) -> bool:
    return instance is None or instance.state in GONE


def _lacks_a_slot(view: InstanceView, plan: Iterable[Decision]) -> bool:
    """Whether what a unit lacks is a slot: then the instance's attachments matter."""
    recorded = {it.reason for it in view.records.values() if not it.holding}
    planned = {move.after.reason for it in plan if (move := move_of(it))}
    return bool(OF_SLOTS & (recorded | planned))


def _about_unit(
    view: InstanceView, targets: frozenset[TargetName], plan: Collection[Decision]
) -> Questions:
    """
    A unit lacks something because of tags, VPCs and interfaces: of these, all that are known.

    Where it lacks a slot, the instance is asked for instead of the VPCs: a call is not to spare.
    """
    planned = _targets(plan)
    instance = view.instance
    if instance is None:
        return Questions(targets, instance=view.id)
    pool = {it.id: it for it in view.pool.values() if it.zone == instance.zone}
    records = view.records.values()
    vpcs = {
        instance.vpc,
        *(it.vpc for it in pool.values()),
        *(it.vpc for it in records if it.vpc),
        *(it.id for it in view.vpcs.values() if it.serves is not None),
    }
    wanted, slots = planned | view.records.keys(), _lacks_a_slot(view, plan)
    # A list that drops the tags of an interface has found it by them, and shows no target.
    interfaces = {id_ for id_, it in pool.items() if it.pool is None or it.pool in wanted}
    interfaces |= {it.interface for it in records if it.interface}
    return Questions(
        targets,
        tags=frozenset({view.id, *vpcs, *interfaces}),
        instance=view.id if slots else None,
        vpcs=frozenset() if slots else frozenset(vpcs),
        interfaces=frozenset(interfaces),
    )


def _merged(
    known: Mapping[Id, Shown], asked: Collection[Id], answered: Mapping[Id, Shown]
) -> dict[Id, Shown]:
    """Return what is known, with the answers in place of all that was asked about."""
    return {id_: it for id_, it in known.items() if id_ not in asked} | dict(answered)


def _targets(plan: Iterable[Decision]) -> frozenset[TargetName]:
    return frozenset(it.target for it in plan)
