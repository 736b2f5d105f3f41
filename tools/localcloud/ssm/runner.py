"""
The agent's part: a command is delivered, its steps run one after the other, their ends reported.

Sources: Systems Manager User Guide, "Understanding command statuses"; amazon-ssm-agent,
plugins/runscript, executers, pluginutil.GetStatus.
"""

import threading
import time
from collections.abc import Callable

from localcloud.server.clock import Clock
from localcloud.ssm.commands import (
    DELIVERY_TIMED_OUT,
    EXECUTION_TIMED_OUT,
    UNDELIVERABLE,
    Command,
    Invocation,
    Status,
    StepResult,
)
from localcloud.ssm.content import Step
from localcloud.ssm.guests import Guests
from localcloud.ssm.nodes import Nodes, Ping
from localcloud.ssm.parameters import Script, script_of
from localcloud.ssm.processes import Finished

POLL_SECONDS = 0.05
PLATFORM = "Linux"
KILLED = 137
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# As the agent does: the script is a file that a shell starts, so that its first line may name an
# interpreter. It arrives on the standard input, which the script itself does not have.
LAUNCH = 'f=$(mktemp) && cat >"$f" && chmod 700 "$f" && exec sh -c "$f" </dev/null'

Enter = Callable[[Command, Invocation, Status, str], None]


class Runner:
    """Carries out invocations, each on a thread; ``enter`` is called for each new status."""

    def __init__(self, nodes: Nodes, guests: Guests, clock: Clock, enter: Enter) -> None:
        """Run in ``guests``; all waits are on ``clock``."""
        self._nodes, self._guests, self._clock, self._enter = nodes, guests, clock, enter

    def start(self, command: Command) -> None:
        """Begin with every invocation of a command."""
        for invocation in command.invocations.values():
            work = (command, invocation)
            threading.Thread(target=self._carry_out, args=work, daemon=True).start()

    def _carry_out(self, command: Command, invocation: Invocation) -> None:
        if not self._delivered(command, invocation):
            return
        self._enter(command, invocation, Status.IN_PROGRESS, Status.IN_PROGRESS)
        for step, result in zip(command.version.content.steps, invocation.steps, strict=True):
            self._run(command, invocation, step, result)
        worst = next((it for it in invocation.steps if it.status is not Status.SUCCESS), None)
        last = worst or invocation.steps[-1]
        self._enter(command, invocation, last.status, last.details)

    def _delivered(self, command: Command, invocation: Invocation) -> bool:
        """Wait for the agent; return whether it has taken the command."""
        deadline = command.requested + command.timeout_seconds
        while not invocation.cancelled.is_set() and not self._nodes.gone(invocation.instance):
            if self._nodes.ping(invocation.instance) is Ping.ONLINE:
                return True
            if self._clock.time() >= deadline:
                self._enter(command, invocation, Status.TIMED_OUT, DELIVERY_TIMED_OUT)
                return False
            if invocation.status is Status.PENDING:
                self._enter(command, invocation, Status.DELAYED, Status.DELAYED)
            time.sleep(POLL_SECONDS)
        if invocation.cancelled.is_set():
            self._enter(command, invocation, Status.CANCELLED, Status.CANCELLED)
        else:
            self._enter(command, invocation, Status.FAILED, UNDELIVERABLE)
        return False

    def _run(
        self, command: Command, invocation: Invocation, step: Step, result: StepResult
    ) -> None:
        """Run one step; a step that failed does not keep the next from running."""
        if invocation.cancelled.is_set():
            result.status = result.details = Status.CANCELLED
            return
        result.began = self._clock.time()
        result.status = result.details = Status.IN_PROGRESS
        if step.platform != PLATFORM:
            result.stdout = f"Step execution skipped due to unsatisfied preconditions: {step.name}"
            self._end(result, Status.SUCCESS, Status.SUCCESS, 0)
            return
        version = self._nodes.agent_version(invocation.instance)
        script = script_of(step, command.version.content, command.values, version)
        try:
            finished = self._finish(command, invocation, script)
        except OSError as exc:
            finished = Finished(1, "", str(exc))
        arrived = self._report(invocation, finished, result.began + script.seconds)
        if arrived or invocation.cancelled.is_set():
            result.stdout, result.stderr = finished.stdout, finished.stderr
        if invocation.cancelled.is_set():
            self._end(result, Status.CANCELLED, Status.CANCELLED, KILLED)
        elif finished.exit_code is None or not arrived:
            self._end(result, Status.TIMED_OUT, EXECUTION_TIMED_OUT, KILLED if arrived else -1)
        elif finished.exit_code:
            result.stderr = _with_failure(finished)
            self._end(result, Status.FAILED, Status.FAILED, max(finished.exit_code, -1))
        else:
            self._end(result, Status.SUCCESS, Status.SUCCESS, 0)

    def _finish(self, command: Command, invocation: Invocation, script: Script) -> Finished:
        environment = {
            "PATH": PATH,
            "AWS_SSM_INSTANCE_ID": invocation.instance,
            "AWS_SSM_REGION_NAME": command.scope.region,
            **script.variables,
            "SSM_COMMAND_ID": command.id,
        }
        return self._guests.run(
            invocation.instance,
            ("/bin/sh", "-c", LAUNCH),
            environment=environment,
            stdin=script.text.encode(),
            timeout=script.seconds / self._clock.speed,
            stopped=lambda: (
                invocation.cancelled.is_set() or not self._nodes.runs(invocation.instance)
            ),
        )

    def _report(self, invocation: Invocation, finished: Finished, deadline: float) -> bool:
        """
        Wait until the agent can report the end; return whether it did before ``deadline``.

        What an instance that stopped was running never ends by itself: its time runs out.
        """
        while not invocation.cancelled.is_set():
            late = self._clock.time() >= deadline
            online = self._nodes.ping(invocation.instance) is Ping.ONLINE
            if late or (online and finished.exit_code is not None):
                return online
            time.sleep(POLL_SECONDS)
        return False

    def _end(self, result: StepResult, status: Status, details: str, code: int) -> None:
        result.ended, result.code = self._clock.time(), code
        result.status, result.details = status, details


def _with_failure(finished: Finished) -> str:
    """Return the errors as the agent completes them (its runscript plugin and iohandler)."""
    code = finished.exit_code or 0
    how = f"exit status {code}" if code > 0 else f"signal: {-code}"
    said = finished.stderr.removesuffix("\n")
    return f"{said}\nfailed to run commands: {how}".removeprefix("\n")
