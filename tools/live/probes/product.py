"""Probes of the product: what it records by its own command, against what EC2 shows."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from live.command import DENIED, CommandError, Operator, status
from live.network import TARGET
from live.operators import may_pause
from live.probe import Seen, refuted, unclear
from live.roles import arn, environment_of, session_with
from live.world import World

TIMES_PATIENCE = 3
"""A move goes through events, a queue and functions that start cold."""
ADDRESSES = 10
"""More than the run's instance type takes on one interface, which is 2."""


def main_job(world: World) -> Seen:
    """Tag an instance; its record and EC2 must agree on an interface of the pool."""
    instance = world.launch({f"{world.run.prefix}:targets": TARGET})
    record = _comes_to(world, instance, {"attached"})
    interface = record.get("interface") or "nothing"
    shown = world.shown_interface(interface) if record.get("interface") else {}
    attachment = shown.get("Attachment", {})
    holds = (
        record.get("state") == "attached"
        and interface in world.network.pool
        and attachment.get("InstanceId") == instance
        and attachment.get("Status") == "attached"
    )
    return Seen(holds, f"the ledger: {_said(record)}; EC2: {attachment.get('Status', 'none')}")


def release(world: World) -> Seen:
    """Attach as in the main job, take the tag away, and see the interface free."""
    key = f"{world.run.prefix}:targets"
    instance = world.launch({key: TARGET})
    record = _comes_to(world, instance, {"attached"})
    if record.get("state") != "attached":
        return refuted(f"nothing to release: the ledger has {_said(record)}")
    world.ec2.delete_tags(Resources=[instance], Tags=[{"Key": key}])
    record = _comes_to(world, instance, {"released", "stuck"})
    left = [it for it in world.network.pool if world.attachment_status(it)]
    free = f"attached still: {', '.join(left)}" if left else "the pool's interfaces are free"
    return Seen(record.get("state") == "released" and not left, f"{_said(record)}; {free}")


def rollback(world: World) -> Seen:
    """
    Reserve for an instance an interface that EC2 cannot attach to it, and tag the instance.

    It has more private addresses than the instance's type takes (EC2 API Reference, error codes,
    PrivateIpAddressLimitExceeded), which no rule of dualhome sees.
    """
    instance = world.launch()
    prefix = world.run.prefix
    tags = {f"{prefix}:pool": TARGET, f"{prefix}:reserved-for": instance}
    interface = world.interface(tags, SecondaryPrivateIpAddressCount=ADDRESSES - 1)
    targets = [{"Key": f"{prefix}:targets", "Value": TARGET}]
    world.ec2.create_tags(Resources=[instance], Tags=targets)  # type: ignore[arg-type]
    record = _comes_to(world, instance, {"failed", "attached"})
    if record.get("state") == "attached":
        return unclear(f"EC2 refused nothing: it attached {interface} with {ADDRESSES} addresses")
    code, now = record.get("error_code"), world.shown_interface(interface).get("Status")
    holds = record.get("state") == "failed" and bool(code) and now == "available"
    return Seen(holds, f"{_said(record)} with {code or 'no code'}; the interface is {now}")


def pause(world: World) -> Seen:
    """Pause as an operator with the documented policy, tag an instance, and resume."""
    operator = _operator(world)
    refusals: list[str] = []
    if not world.wait_until(lambda: _may_pause(operator, refusals)):
        return refuted(refusals[-1])
    try:
        instance = world.launch({f"{world.run.prefix}:targets": TARGET})
        paused = _comes_to(world, instance, {"waiting", "attached"})
        left = [it for it in world.network.pool if world.attachment_status(it)]
    finally:
        operator.resume()
    resumed = _comes_to(world, instance, {"attached"})
    holds = paused.get("reason") == "PAUSED" and not left and resumed.get("state") == "attached"
    what = f"attached meanwhile: {', '.join(left) or 'nothing'}"
    return Seen(holds, f"paused: {_said(paused)}, {what}; resumed: {_said(resumed)}")


def _operator(world: World) -> Operator:
    session = session_with(world, *may_pause(partial(arn, world), world.run.stack))
    return Operator(world.run.stack, world.account.region, environment_of(session))


def _may_pause(operator: Operator, refusals: list[str]) -> bool:
    """Pause; what AWS denies is noted, another failure is raised."""
    try:
        operator.pause()
    except CommandError as error:
        if DENIED not in str(error):
            raise
        refusals.append(f"{error}")
        return False
    return True


def _comes_to(world: World, instance: str, states: Collection[str]) -> Mapping[str, Any]:
    """Return the record once it is in one of ``states``, or the last one that there was."""
    last: list[Mapping[str, Any]] = [{}]

    def there() -> bool:
        last.append(status(world.run.stack, world.account.region, instance))
        return last[-1].get("state") in states

    world.wait_until(there, TIMES_PATIENCE * world.patience)
    return last[-1]


def _said(record: Mapping[str, Any]) -> str:
    reason = f" ({record['reason']})" if record.get("reason") else ""
    return f"{record.get('state', 'no record')}{reason}"
