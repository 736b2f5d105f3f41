"""Rollbacks as executions of a Step Functions state machine."""

from json import dumps
from typing import TYPE_CHECKING

from dualhome.adapters.aws_errors import domain_errors
from dualhome.domain.attachment import Attachment
from dualhome.domain.errors import RollbackExhaustedError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


TRIES = 5
"""Executions that die before an operator must act."""

MOST_NAMES = 30
"""Executions of one release, those included that a pause has ended: no search goes on for ever."""


def execution_name(record: Attachment, number: int) -> str:
    """
    Return the name of the rollback of ``record``, try ``number``, from 1; no other one has it.

    An execution whose name has other characters than ``0-9 A-Z a-z - _`` writes no log (Step
    Functions API Reference, StartExecution). So a dot of the target becomes ``_``, and a number
    tells which characters were dots. At most 80 characters: 19 + 32 + numbers.
    """
    target = record.target
    dots = sum(1 << index for index, letter in enumerate(target) if letter == ".")
    parts = [record.instance, target.replace(".", "_"), str(record.version)]
    parts += [f"d{dots:x}"] if dots else []
    parts += [f"try{number}"] if number > 1 else []
    return "-".join(parts)


class SfnRollbacks:
    """The account's rollback state machine."""

    def __init__(self, stepfunctions: "SFNClient", state_machine: str) -> None:
        self._stepfunctions = stepfunctions
        self._state_machine = state_machine

    def start(self, record: Attachment) -> None:
        """
        Start the rollback of what ``record`` holds.

        The name tells the record's version, so that a second start finds the first: while it runs
        with the same input it is the same execution, afterwards it is refused (Step Functions
        API Reference, StartExecution). An execution that ended and left the record ``releasing``
        has died: the next try has a name of its own. One that succeeded and left it so was ended
        by a pause, and is none of the ``TRIES``.

        Raises:
            RollbackExhaustedError: every try has died, or pauses have ended too many.
        """
        subject = {
            "instance": record.instance,
            "target": record.target,
            "version": record.version,
        }
        died = 0
        for number in range(1, MOST_NAMES + 1):
            name = execution_name(record, number)
            if self._started(name, dumps(subject)):
                return
            died += self._died(name)
            if died == TRIES:
                break
        first = execution_name(record, 1)
        raise RollbackExhaustedError(
            f"{first}: {number} executions have ended without a result, {died} of them died"
        )

    def _started(self, name: str, subject: str) -> bool:
        with domain_errors():
            try:
                self._stepfunctions.start_execution(
                    stateMachineArn=self._state_machine, name=name, input=subject
                )
            except self._stepfunctions.exceptions.ExecutionAlreadyExists:
                return False
        return True

    def _died(self, name: str) -> bool:
        """
        Whether the execution has not ended well, which only a pause does without a result.

        One whose name is taken and that seems to run has ended a moment ago, how is not known yet:
        answers may lag (Step Functions API Reference, DescribeExecution).
        """
        machine = self._state_machine.replace(":stateMachine:", ":execution:")
        with domain_errors():
            try:
                found = self._stepfunctions.describe_execution(executionArn=f"{machine}:{name}")
            except self._stepfunctions.exceptions.ExecutionDoesNotExist:
                return True
        return found["status"] not in {"SUCCEEDED", "RUNNING"}
