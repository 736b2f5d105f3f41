"""Rollbacks are named so that a second start is the first, and a pause is not taken for a death."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from dualhome.adapters.sfn_rollbacks import MOST_NAMES, TRIES, SfnRollbacks
from dualhome.domain.errors import RollbackExhaustedError
from dualhome.domain.states import State
from tests.support.builders.values import a_record

MACHINE = "arn:aws:states:us-east-1:111122223333:stateMachine:dualhome-rollback"
RUNS = "arn:aws:states:us-east-1:111122223333:execution:dualhome-rollback:"
RECORD = a_record(State.RELEASING, version=5)
NAME = "i-01-mgmt-5"


class AlreadyExistsError(Exception):
    """Step Functions' ``ExecutionAlreadyExists``."""


class UnknownError(Exception):
    """Step Functions' ``ExecutionDoesNotExist``."""


@dataclass
class StepFunctions:
    """
    Executions by name, and how they have ended.

    One that runs with the same input is started again as itself; a name that was used is refused
    (Step Functions API Reference, StartExecution).
    """

    ended: dict[str, str] = field(default_factory=dict)
    running: list[str] = field(default_factory=list)
    forgotten: set[str] = field(default_factory=set)

    class exceptions:  # noqa: N801 - boto3's own name
        """The errors of this client."""

        ExecutionAlreadyExists = AlreadyExistsError
        ExecutionDoesNotExist = UnknownError

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> None:  # noqa: A002, N803 - AWS's names
        """Start an execution."""
        assert stateMachineArn == MACHINE
        assert '"version": 5' in input
        if name in self.ended:
            raise AlreadyExistsError
        if name not in self.running:
            self.running.append(name)

    def describe_execution(self, *, executionArn: str) -> dict[str, str]:  # noqa: N803 - AWS's name
        """Say how an execution has ended."""
        name = executionArn.removeprefix(RUNS)
        if name in self.forgotten:
            raise UnknownError
        return {"status": self.ended[name]}


def names(*statuses: str) -> dict[str, str]:
    """Return the rollbacks of the record that have ended so, the first one first."""
    numbered = enumerate(statuses, 1)
    return {f"{NAME}-try{number}" if number > 1 else NAME: it for number, it in numbered}


def start(machine: StepFunctions) -> list[str]:
    """Start the rollback; return what runs then."""
    SfnRollbacks(cast("Any", machine), MACHINE).start(RECORD)
    return machine.running


def test_a_second_start_is_the_first_one() -> None:
    """A reconcile request may come twice."""
    machine = StepFunctions()
    start(machine)

    assert [NAME] == start(machine)


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_what_has_died_is_tried_so_often_and_no_more(status: str) -> None:
    """Then an operator must act."""
    assert [f"{NAME}-try{TRIES}"] == start(StepFunctions(names(*[status] * (TRIES - 1))))
    with pytest.raises(RollbackExhaustedError, match=f"{TRIES} of them died"):
        start(StepFunctions(names(*[status] * TRIES)))


def test_what_a_pause_has_ended_is_no_try() -> None:
    """Its execution has succeeded, and the record still waits."""
    paused = names(*["SUCCEEDED"] * 10, *["TIMED_OUT"] * (TRIES - 1))

    assert [f"{NAME}-try15"] == start(StepFunctions(paused))


def test_what_seems_to_run_still_has_not_died() -> None:
    """Its name is refused, so it has ended; DescribeExecution may lag (its API Reference)."""
    lagging = names(*["TIMED_OUT"] * (TRIES - 1), "RUNNING")

    assert [f"{NAME}-try{TRIES + 1}"] == start(StepFunctions(lagging))


def test_the_search_for_a_free_name_comes_to_an_end() -> None:
    """Each costs two calls."""
    paused = names(*["SUCCEEDED"] * MOST_NAMES)

    with pytest.raises(RollbackExhaustedError, match=f"{MOST_NAMES} executions .* 0 of them died"):
        start(StepFunctions(paused))


def test_an_execution_that_is_forgotten_counts_as_dead() -> None:
    """Step Functions keeps them for ninety days, and the name a while longer perhaps."""
    ended = names(*["SUCCEEDED"] * TRIES)

    with pytest.raises(RollbackExhaustedError):
        start(StepFunctions(ended, forgotten=set(ended)))
