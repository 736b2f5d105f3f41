"""The local EC2: one call in, one reply out, each call atomic."""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from botocore.model import OperationNotFoundError

from localcloud.ec2.actions import instances, interfaces, launch, networks
from localcloud.ec2.actions.attachments import attach_at_launch
from localcloud.ec2.actions.tags import (
    TAG_CALLS,
    TagEvents,
    check_tags_at_creation,
    create_tags,
    delete_tags,
    snapshot,
)
from localcloud.ec2.api import describe
from localcloud.ec2.api.call import Call, Ec2Error, Reply
from localcloud.ec2.api.faults import Faults
from localcloud.ec2.api.throttle import Throttle
from localcloud.ec2.api.tokens import ClientTokens
from localcloud.ec2.iam import access
from localcloud.ec2.state import moto, moto_patches
from localcloud.ec2.state.stale_reads import StaleRead
from localcloud.ec2.state.timeline import Timeline
from localcloud.ec2.state.world import World
from localcloud.server.alternatives import Alternatives
from localcloud.server.events import Publish
from localcloud.server.settings import Settings

Acted = TypeVar("Acted")
Action = Callable[[World, Call], Reply]
ACTIONS: dict[str, Action] = {
    "AttachNetworkInterface": interfaces.attach,
    "CreateNetworkInterface": interfaces.create,
    "CreateTags": create_tags,
    "DeleteNetworkInterface": interfaces.delete,
    "DeleteSecurityGroup": networks.delete_security_group,
    "DeleteSubnet": networks.delete_subnet,
    "DeleteTags": delete_tags,
    "DeleteVpc": networks.delete_vpc,
    "DescribeInstances": describe.describe_instances,
    "DescribeNetworkInterfaces": describe.describe_network_interfaces,
    "DescribeTags": describe.describe_tags,
    "DescribeVpcs": describe.describe_vpcs,
    "DetachNetworkInterface": interfaces.detach,
    "ModifyNetworkInterfaceAttribute": interfaces.modify_attribute,
    "RunInstances": launch.run_instances,
    **dict.fromkeys(instances.CHANGES, instances.change_state),
}

# The fields that ``show_interface`` takes, with moto's names for them.
SHOWN = {
    "InterfaceType": "interface_type",
    "Operator": "operator",
    "OutpostArn": "outpost_arn",
    "OwnerId": "owner_id",
    "RequesterId": "requester_id",
    "RequesterManaged": "requester_managed",
}
SHOWN_OF_VPC = {"OwnerId": "owner_id"}


class Engine:
    """The state of all accounts and Regions is moto's; there is one engine in a process."""

    def __init__(
        self,
        settings: Settings,
        alternatives: Alternatives,
        publish: Publish,
        clock: Callable[[], float],
        *,
        auth: bool,
        follow: Callable[[], None] | None = None,
    ) -> None:
        """
        Change moto's classes to EC2's rules.

        Request limits count seconds of ``clock``; ``auth`` asks IAM policies about every call;
        ``follow`` runs under the lock whenever something may have changed, before it is shown.
        """
        self.faults = Faults()
        self._follow = follow
        self._lock = threading.Lock()
        self._world = World(settings, alternatives, Timeline(time.monotonic), publish)
        self._throttle = Throttle(clock)
        self._tokens = ClientTokens()
        self._tag_events = TagEvents(self._world)
        self._auth = auth
        moto_patches.install(partial(attach_at_launch, self._world))
        moto.install()

    def handle(self, call: Call) -> Reply:
        """Carry out ``call``, after everything that was due before it."""
        with self._lock:
            self._run_due()
            try:
                reply = self._answer(call)
            except Ec2Error as refusal:
                reply = refusal.reply()
            self._run_due(changed=call.mutating)
            return reply

    def advance(self) -> None:
        """Run what is due."""
        with self._lock:
            self._run_due()

    def alone(self, act: Callable[[World], Acted]) -> Acted:
        """Let ``act`` change the world between two calls."""
        with self._lock:
            result = act(self._world)
            self._run_due(changed=True)
            return result

    def seconds_to_next(self) -> float | None:
        """Return the seconds to the next planned action; None if nothing is planned."""
        return self._world.timeline.seconds_to_next()

    def show_interface(self, interface_id: str, fields: dict[str, Any]) -> None:
        """
        Let an interface show fields of DescribeNetworkInterfaces that no API call can give it.

        Raises:
            KeyError: the interface or a field is unknown.
        """
        with self._lock:
            interface = moto.find_interface(interface_id)
            for name, value in fields.items():
                setattr(interface, SHOWN[name], value)

    def tag_as_aws(self, resource: str, tags: dict[str, str]) -> None:
        """
        Give a resource tags that only AWS's services can, such as ``aws:autoscaling:groupName``.

        Raises:
            KeyError: there is no such instance, interface or VPC.
        """
        with self._lock:
            moto.give_tags(resource, tags)

    def order_stale_reads(self, orders: list[StaleRead]) -> None:
        """
        Let coming lists show resources as ordered.

        Raises:
            KeyError: there is no such instance, interface or VPC.
        """
        with self._lock:
            self._world.stale_reads.order(orders, moto.find_resource)

    def stale_reads_report(self) -> dict[str, Any]:
        """Return how many lists were stale, what they left out, and the orders."""
        with self._lock:
            return self._world.stale_reads.report()

    def call_off_stale_reads(self) -> None:
        """Forget the orders; the counts continue."""
        with self._lock:
            self._world.stale_reads.call_off()

    def begin_lag_seed(self) -> None:
        """Let the seed of stale reads decide from its beginning."""
        with self._lock:
            self._world.stale_reads.begin_anew()

    def show_vpc(self, vpc_id: str, fields: dict[str, Any]) -> None:
        """
        Let a VPC show fields of DescribeVpcs that no API call can give it: as if it were shared.

        Raises:
            KeyError: the VPC or a field is unknown.
        """
        with self._lock:
            vpc = moto.find_vpc(vpc_id)
            for name, value in fields.items():
                setattr(vpc, SHOWN_OF_VPC[name], value)

    def _run_due(self, *, changed: bool = False) -> None:
        if (self._world.timeline.run_due() or changed) and self._follow:
            self._follow()

    def _answer(self, call: Call) -> Reply:
        self._throttle.take(call, self._world.settings.throttle_scale)
        if self._auth:
            access.authorize(self._world, call)
        if call.dry_run:
            if self._world.alternatives.dry_run_applies_the_rules:
                self._check(call)
            message = "Request would have succeeded, but DryRun flag is set."
            raise Ec2Error("DryRunOperation", message, 412)
        fault = self.faults.take(call)
        if fault and not fault.after_execution:
            raise fault.error()
        reply = self._tokens.once(
            call,
            lambda: self._execute(call),
            outlives_its_interface=not self._world.alternatives.token_of_deleted_creates_anew,
        )
        if fault:
            raise fault.error()
        return reply

    def _check(self, call: Call) -> None:
        if call.action == "AttachNetworkInterface":
            interfaces.checked(self._world, call)

    def _execute(self, call: Call) -> Reply:
        before = snapshot(call.scope) if call.mutating else {}
        kept = self._world.history.before(call) if call.mutating else None
        action: Action = ACTIONS.get(call.action, lambda _, other: moto.forward(other))
        check_tags_at_creation(self._world, call)
        try:
            reply = action(self._world, call)
        except OperationNotFoundError as exc:
            message = f"The action {call.action} is not valid for this web service."
            raise Ec2Error("InvalidAction", message) from exc
        except NotImplementedError as exc:
            raise Ec2Error("UnsupportedOperation", f"The local EC2 lacks this: {exc}") from exc
        if kept:
            self._world.history.keep(kept, call.scope)
        if call.action in TAG_CALLS:
            self._world.earlier_tags[call.scope] = (self._world.timeline.clock(), before)
        if call.mutating:
            at_launch = self._world.settings.launch_tag_events
            self._tag_events.publish_changes(call, before, at_launch=at_launch)
        return reply
