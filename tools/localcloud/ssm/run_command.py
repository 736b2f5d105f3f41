"""
Run Command: sent, shown, listed and cancelled.

Source: Systems Manager API Reference, SendCommand, GetCommandInvocation, ListCommands,
ListCommandInvocations, CancelCommand.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

from localcloud.server.clock import Clock
from localcloud.server.events import Publish
from localcloud.server.settings import Settings
from localcloud.ssm import notifications
from localcloud.ssm.commands import (
    DELIVERY_TIMED_OUT,
    ENDED,
    EXECUTION_TIMED_OUT,
    Command,
    Commands,
    Invocation,
    Status,
    StepResult,
)
from localcloud.ssm.documents import NAME_OR_ARN, Documents, Version
from localcloud.ssm.guests import Guests
from localcloud.ssm.nodes import Nodes
from localcloud.ssm.parameters import check_values
from localcloud.ssm.request import Request, Result, SsmError, invalid
from localcloud.ssm.runner import Runner

MOST_INSTANCES = 50
MOST_COMMENT = 100
STDOUT_CHARACTERS, STDERR_CHARACTERS, PLUGIN_CHARACTERS = 24_000, 8_000, 2_500
ERROR_HEADER = "\n----------ERROR-------\n"
LISTED = 50
UUID = "[0-9a-f-]{36}"
INSTANCE = r"m?i-\w{8,17}"


class RunCommand:
    """The calls on commands; one call at a time."""

    def __init__(
        self,
        *,
        settings: Settings,
        publish: Publish,
        clock: Clock,
        documents: Documents,
        nodes: Nodes,
        guests: Guests,
    ) -> None:
        """Run documents in guests; events go to ``publish`` unless the settings lose them."""
        self._settings, self._publish, self._clock = settings, publish, clock
        self._documents, self._nodes = documents, nodes
        self._commands = Commands()
        self._runner = Runner(nodes, guests, clock, self._enter)
        self.actions: dict[str, Callable[[Request], Result]] = {
            "CancelCommand": self._cancel,
            "GetCommandInvocation": self._get_invocation,
            "ListCommandInvocations": self._list_invocations,
            "ListCommands": self._list,
            "SendCommand": self._send,
        }

    def _send(self, request: Request) -> Result:
        """Whatever is refused is refused before anything runs."""
        command = self._asked(request)
        instances, steps = self._instances(request), command.version.content.steps
        command.invocations = {
            it: Invocation(it, [StepResult(step.name) for step in steps]) for it in instances
        }
        with self._commands.lock:
            self._commands.add(command)
            shown = self._shown(command)
        self._runner.start(command)
        return {"Command": shown}

    def _asked(self, request: Request) -> Command:
        """Return the command, without its invocations."""
        request.taking(
            *("Comment", "DocumentHash", "DocumentHashType", "DocumentName", "DocumentVersion"),
            *("InstanceIds", "Parameters", "TimeoutSeconds"),
        )
        comment = request.data.get("Comment", "")
        if len(comment) > MOST_COMMENT:
            raise invalid(f"A comment has at most {MOST_COMMENT} characters.")
        name = request.required("DocumentName", NAME_OR_ARN)
        document = self._documents.find(request.scope, name)
        wanted = request.data.get("DocumentVersion", "$DEFAULT")
        version = document.version(wanted)
        _check_digest(request, version)
        given = request.data.get("Parameters", {})
        return Command(
            id=str(uuid4()),
            scope=request.scope,
            document=document.name,
            version=version,
            wanted_version=wanted,
            comment=comment,
            parameters=given,
            values=check_values(version.content, given),
            requested=self._clock.time(),
            timeout_seconds=request.number("TimeoutSeconds", 3600, 30, 2_592_000),
        )

    def _instances(self, request: Request) -> list[str]:
        instances = request.data.get("InstanceIds") or []
        if not 0 < len(instances) <= MOST_INSTANCES:
            raise invalid(f"InstanceIds must name 1 to {MOST_INSTANCES} instances.")
        if len(set(instances)) < len(instances):
            raise SsmError("DuplicateInstanceId", "You can't specify an instance ID twice.")
        scope = request.scope
        lacking = [it for it in instances if not self._nodes.takes_commands(scope, it)]
        if lacking:
            named = f"Instances [[{', '.join(lacking)}]]"
            message = f"{named} not in a valid state for account {scope.account}"
            raise SsmError("InvalidInstanceId", message)
        return list(instances)

    def _enter(
        self, command: Command, invocation: Invocation, status: Status, details: str
    ) -> None:
        with self._commands.lock:
            before = command.status()
            invocation.status, invocation.details = status, details
            after = command.status()
            if self._settings.ssm_events:
                self._publish(notifications.of_invocation(command, invocation))
            if self._settings.ssm_events and after != before:
                self._publish(notifications.of_command(command, after[0]))

    def _cancel(self, request: Request) -> Result:
        request.taking("CommandId", "InstanceIds")
        command = self._commands.find(request.scope, request.required("CommandId", UUID))
        if command is None:
            raise SsmError("InvalidCommandId", "The specified command ID isn't valid.")
        named = request.data.get("InstanceIds") or list(command.invocations)
        if unknown := [it for it in named if it not in command.invocations]:
            message = f"The command was not sent to {', '.join(unknown)}."
            raise SsmError("InvalidInstanceId", message)
        for instance in named:
            invocation = command.invocations[instance]
            with self._commands.lock:  # so that an end that comes meanwhile is the last status
                if invocation.status is Status.IN_PROGRESS:
                    self._enter(command, invocation, Status.CANCELLING, Status.CANCELLING)
            invocation.cancelled.set()
        return {}

    def _get_invocation(self, request: Request) -> Result:
        request.taking("CommandId", "InstanceId", "PluginName")
        command = self._commands.find(request.scope, request.required("CommandId", UUID))
        instance = request.required("InstanceId", INSTANCE)
        if command is None or not self._visible(command) or instance not in command.invocations:
            message = f"Invocation not found for {command and command.id}, {instance}"
            raise SsmError("InvocationDoesNotExist", message)
        with self._commands.lock:
            invocation = command.invocations[instance]
            result = _step(invocation, request.data.get("PluginName"))
            return {
                "CommandId": command.id,
                "InstanceId": instance,
                "Comment": command.comment,
                "DocumentName": command.document,
                "DocumentVersion": command.wanted_version,
                "PluginName": result.name,
                "ResponseCode": result.code,
                "ExecutionStartDateTime": _iso(result.began),
                "ExecutionElapsedTime": f"PT{max(0.0, result.ended - result.began):.3f}S",
                "ExecutionEndDateTime": _iso(result.ended),
                "Status": invocation.status,
                "StatusDetails": invocation.details,
                "StandardOutputContent": result.stdout[:STDOUT_CHARACTERS],
                "StandardOutputUrl": "",
                "StandardErrorContent": result.stderr[:STDERR_CHARACTERS],
                "StandardErrorUrl": "",
            }

    def _visible(self, command: Command) -> bool:
        """Whether reads show the command by now: they are behind for a moment."""
        return self._clock.time() >= command.requested + self._settings.ssm_invocation_seconds

    def _list(self, request: Request) -> Result:
        request.taking("CommandId", "InstanceId", "MaxResults", "NextToken")
        with self._commands.lock:
            page, rest = request.page([self._shown(it) for it in self._wanted(request)], LISTED)
        return {"Commands": page, **rest}

    def _wanted(self, request: Request) -> Iterator[Command]:
        command_id, instance = (request.data.get(name) for name in ("CommandId", "InstanceId"))
        for command in self._commands.of(request.scope):
            named = command_id in {None, command.id}
            if (
                named
                and self._visible(command)
                and (not instance or instance in command.invocations)
            ):
                yield command

    def _list_invocations(self, request: Request) -> Result:
        request.taking("CommandId", "Details", "InstanceId", "MaxResults", "NextToken")
        instance = request.data.get("InstanceId")
        with self._commands.lock:
            listed: list[Result] = [
                _shown_invocation(command, invocation, details=bool(request.data.get("Details")))
                for command in self._wanted(request)
                for invocation in command.invocations.values()
                if instance in {None, invocation.instance}
            ]
        page, rest = request.page(listed, LISTED)
        return {"CommandInvocations": page, **rest}

    def _shown(self, command: Command) -> Result:
        status, details = command.status()
        invocations = command.invocations.values()
        ends = [it.details for it in invocations if it.status in ENDED]
        return {
            "CommandId": command.id,
            "DocumentName": command.document,
            "DocumentVersion": command.wanted_version,
            "Comment": command.comment,
            "ExpiresAfter": command.expires,
            "Parameters": command.parameters,
            "InstanceIds": list(command.invocations),
            "Targets": [],
            "RequestedDateTime": command.requested,
            "Status": status,
            "StatusDetails": details,
            "MaxConcurrency": "50",
            "MaxErrors": "0",
            "TargetCount": len(invocations),
            "CompletedCount": len(ends),
            "ErrorCount": sum(it in {Status.FAILED, EXECUTION_TIMED_OUT} for it in ends),
            "DeliveryTimedOutCount": ends.count(DELIVERY_TIMED_OUT),
            "TimeoutSeconds": command.timeout_seconds,
        }


def _check_digest(request: Request, version: Version) -> None:
    """Which code AWS answers a wrong hash with is undocumented."""
    digest, kind = (request.data.get(name) for name in ("DocumentHash", "DocumentHashType"))
    if digest is None and kind is None:
        return
    if kind != "Sha256":
        raise invalid("DocumentHashType must be Sha256; Sha1 hashes have been deprecated.")
    if digest != version.digest:
        message = f"The hash is not that of version {version.number} of the document."
        raise SsmError("InvalidDocument", message)


def _step(invocation: Invocation, name: str | None) -> StepResult:
    if name is None and len(invocation.steps) == 1:
        return invocation.steps[0]
    for step in invocation.steps:
        if step.name == name:
            return step
    raise SsmError("InvalidPluginName", "The plugin name isn't valid.")


def _shown_invocation(command: Command, invocation: Invocation, *, details: bool) -> Result:
    return {
        "CommandId": command.id,
        "InstanceId": invocation.instance,
        "InstanceName": "",
        "Comment": command.comment,
        "DocumentName": command.document,
        "DocumentVersion": command.wanted_version,
        "RequestedDateTime": command.requested,
        "Status": invocation.status,
        "StatusDetails": invocation.details,
        "CommandPlugins": [_plugin(it) for it in invocation.steps] if details else [],
    }


def _plugin(result: StepResult) -> Result:
    errors = f"{ERROR_HEADER}{result.stderr}" if result.stderr else ""
    times = {"ResponseStartDateTime": result.began, "ResponseFinishDateTime": result.ended}
    return {
        "Name": result.name,
        "Status": result.status,
        "StatusDetails": result.details,
        "ResponseCode": result.code,
        "Output": f"{result.stdout}{errors}"[:PLUGIN_CHARACTERS],
        **{name: at for name, at in times.items() if at},
    }


def _iso(at: float) -> str:
    """Return a time as GetCommandInvocation shows it; nothing for one that has not come."""
    if not at:
        return ""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
