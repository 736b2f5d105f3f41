"""Probes of CloudFormation and Step Functions."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from live.probe import Seen, refuted, unclear
from live.roles import DENIALS, Statement, allow, make_role
from live.world import EndOfPatienceError, World, code_of, refusal

CHANGED = "MaxReleasesPerSweep"
"""The parameter that the probe changes: the reconciler's environment has it, nothing else."""
UPDATE_SECONDS, EXECUTION_SECONDS = 900.0, 120.0
PAUSE_SECONDS = 3
EXISTS = "ExecutionAlreadyExists"


def update_stack_with_macro(world: World) -> Seen:
    """Change one parameter of the run's stack as `dualhome pause` does."""
    formation, stack = world.client("cloudformation"), world.run.stack
    (shown,) = formation.describe_stacks(StackName=stack)["Stacks"]
    others = [
        {"ParameterKey": it["ParameterKey"], "UsePreviousValue": True}
        for it in shown["Parameters"]
        if it["ParameterKey"] != CHANGED
    ]
    refused = refusal(
        formation.update_stack,
        StackName=stack,
        UsePreviousTemplate=True,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[*others, {"ParameterKey": CHANGED, "ParameterValue": "19"}],
    )
    if refused:
        return refuted(": ".join(refused))

    def ended() -> str:
        (now,) = formation.describe_stacks(StackName=stack)["Stacks"]
        status = str(now["StackStatus"])
        return "" if status.endswith("IN_PROGRESS") else status

    status = world.wait_until(ended, UPDATE_SECONDS)
    return Seen(status == "UPDATE_COMPLETE", status or f"no end in {UPDATE_SECONDS:g} s")


def execution_name_once(world: World) -> Seen:
    """Start an execution again: with its input, with another, and when it has ended."""
    pause = {"Type": "Wait", "Seconds": PAUSE_SECONDS, "End": True}
    machine = _make_machine(world, pause, [])
    start = world.client("stepfunctions").start_execution
    named = {"stateMachineArn": machine, "name": "once"}
    first = start(**named, input='{"n": 1}')["executionArn"]
    same = refusal(start, **named, input='{"n": 1}')
    other = refusal(start, **named, input='{"n": 2}')
    ended = _end_of(world, first)
    if ended.get("status") != "SUCCEEDED":
        return unclear(f"the execution ended as {ended.get('status')}")
    after = refusal(start, **named, input='{"n": 1}')
    codes = [refused[0] if refused else "success" for refused in (same, other, after)]
    what = "the same input: {}; another input: {}; after its end: {}".format(*codes)
    return Seen(codes == ["success", EXISTS, EXISTS], what)


def ssm_error_prefix(world: World) -> Seen:
    """Ask Systems Manager for a parameter that does not exist."""
    ask = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:ssm:getParameter",
        "Parameters": {"Name": f"/{world.run.stack}/none"},
        "End": True,
    }
    machine = _make_machine(world, ask, [allow("ssm:GetParameter")])

    def error() -> str:
        started = world.client("stepfunctions").start_execution(stateMachineArn=machine)
        found = str(_end_of(world, started["executionArn"]).get("error", "no error"))
        return found if "ParameterNotFound" in found else ""

    found = world.wait_until(error)
    return Seen(found.startswith("Ssm."), found) if found else unclear("it failed in another way")


def _make_machine(world: World, state: Mapping[str, Any], permits: Sequence[Statement]) -> str:
    """
    Create a state machine of one state, and return its ARN.

    Raises:
        EndOfPatienceError: Step Functions could not assume its new role for so long.
    """
    role = make_role(world, {"Service": "states.amazonaws.com"}, permits)
    definition = json.dumps({"StartAt": "Only", "States": {"Only": state}})
    machine = {"name": world.name("machine"), "definition": definition, "roleArn": role}

    def create() -> str:
        try:
            made = world.client("stepfunctions").create_state_machine(**machine, tags=_lower(world))
        except ClientError as error:
            if code_of(error) not in DENIALS:
                raise
            return ""
        return str(made["stateMachineArn"])

    if made := world.wait_until(create):
        return made
    raise EndOfPatienceError(f"Step Functions could not assume {role}")


def _lower(world: World) -> list[dict[str, str]]:
    return [{"key": tag["Key"], "value": tag["Value"]} for tag in world.run.tags()]


def _end_of(world: World, execution: str) -> Mapping[str, Any]:
    described: list[Mapping[str, Any]] = []

    def ended() -> bool:
        found = world.client("stepfunctions").describe_execution(executionArn=execution)
        described[:] = [found]
        return str(found["status"]) != "RUNNING"

    world.wait_until(ended, EXECUTION_SECONDS)
    return described[0]
