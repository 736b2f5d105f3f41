"""The local Systems Manager: one call in, one result out, each call atomic."""

import threading
from collections.abc import Callable, Iterator, Mapping

from localcloud.ec2.api.call import Call
from localcloud.ec2.api.faults import Fault, Faults
from localcloud.server.clock import Clock
from localcloud.server.events import Publish
from localcloud.server.settings import Settings
from localcloud.ssm import access
from localcloud.ssm.documents import Documents
from localcloud.ssm.guests import Guests
from localcloud.ssm.nodes import Nodes
from localcloud.ssm.request import Request, Result, SsmError
from localcloud.ssm.run_command import RunCommand


class SystemsManager:
    """Documents, managed nodes and commands of all accounts and Regions; parameters are others'."""

    def __init__(
        self,
        *,
        settings: Settings,
        publish: Publish,
        clock: Clock,
        nodes: Nodes,
        guests: Guests,
        faults: Faults,
        auth: bool,
    ) -> None:
        """
        Run commands in ``guests``; ``nodes`` is told EC2's events by others.

        ``faults`` are shared with EC2; ``auth`` asks IAM policies about every call.
        """
        self.documents = Documents(clock.time)
        run_command = RunCommand(
            settings=settings,
            publish=publish,
            clock=clock,
            documents=self.documents,
            nodes=nodes,
            guests=guests,
        )
        self.actions: dict[str, Callable[[Request], Result]] = {
            **self.documents.actions,
            **nodes.actions,
            **run_command.actions,
        }
        self._faults, self._auth = faults, auth
        self._lock = threading.Lock()

    def handle(self, request: Request) -> Result:
        """
        Carry out a call, faults on order included.

        Raises:
            SsmError: Systems Manager refuses it.
        """
        with self._lock:
            if self._auth:
                access.authorize(request, self.documents)
            call = Call(request.action, dict(_flat("", request.data)), request.scope)
            fault = self._faults.take(call)
            if fault and not fault.after_execution:
                raise _refusal(fault)
            result = self.actions[request.action](request)
            if fault:
                raise _refusal(fault)
            return result

    def carry_out(self, request: Request) -> Result:
        """Carry out a call of AWS itself, such as CloudFormation's. Raises: SsmError."""
        with self._lock:
            return self.actions[request.action](request)


def _flat(prefix: str, data: object) -> Iterator[tuple[str, str]]:
    """Name the members of a request as EC2's wire does: ``InstanceIds.1``, ``Parameters.mac.1``."""
    if isinstance(data, Mapping | list):
        members = data.items() if isinstance(data, Mapping) else enumerate(data, 1)
        for name, value in members:
            yield from _flat(f"{prefix}.{name}" if prefix else str(name), value)
    else:
        yield prefix, str(data)


def _refusal(fault: Fault) -> SsmError:
    error = fault.error()
    return SsmError(error.code, error.message, error.status)
