"""What sets the stack going, EC2's events and the clock: off, on again, and done by tests."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from tests.support.deployed.stack import Stack
from tests.support.deployed.waiting import until

RULES = ("InstanceStateRule", "InstanceTagsRule", "InterfaceTagsRule", "VpcTagsRule")
SCHEDULE = "SweepAccountFunctionTick"


def sweep(stack: Stack) -> None:
    """Run a whole sweep, as the schedule would; one that is under way is ended first."""

    def is_swept() -> bool:
        answer = stack.cloud.client("lambda").invoke(
            FunctionName=stack.outputs["SweepAccountFunctionName"], Payload=json.dumps({})
        )
        said = answer["Payload"].read()
        assert "FunctionError" not in answer, said
        return bool(json.loads(said)["swept"])

    until(is_swept)


@contextmanager
def without_events(stack: Stack) -> Iterator[None]:
    """Let no event of EC2 reach the stack."""
    names = [stack.role(rule) for rule in RULES]
    for name in names:
        stack.events.disable_rule(Name=name)
    try:
        yield
    finally:
        for name in names:
            stack.events.enable_rule(Name=name)


@contextmanager
def on_schedule(stack: Stack) -> Iterator[None]:
    """Let the clock sweep a stack whose schedule is switched off."""
    switch_schedule(stack, "ENABLED")
    try:
        yield
    finally:
        switch_schedule(stack, "DISABLED")


def switch_schedule(stack: Stack, state: Literal["ENABLED", "DISABLED"]) -> None:
    """Switch the sweep's schedule on or off, and leave all else of it as it is deployed."""
    scheduler = stack.cloud.client("scheduler")
    found = scheduler.get_schedule(Name=stack.role(SCHEDULE))
    kept = ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    scheduler.update_schedule(State=state, **{name: found[name] for name in kept})
