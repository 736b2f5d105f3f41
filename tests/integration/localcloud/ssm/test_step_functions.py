"""A state machine sends a command and reads its end, without a function."""

import json
from typing import Any

from tests.integration.localcloud.cloud import eventually
from tests.integration.localcloud.ssm.managed import NAME, ManagedLab

TASK = "arn:aws:states:::aws-sdk:ssm:"


def test_a_state_machine_sends_a_command_and_reads_its_end(account: ManagedLab) -> None:
    """By the SDK integrations, which call the service from inside."""
    instance = account.managed()
    account.document("echo done")
    machines = account.client("stepfunctions")
    machine = machines.create_state_machine(
        name="machine",
        definition=json.dumps({"StartAt": "Send", "States": states(instance)}),
        roleArn=f"arn:aws:iam::{account.account}:role/any",
    )["stateMachineArn"]
    execution = machines.start_execution(stateMachineArn=machine, input="{}")["executionArn"]

    def shown() -> dict[str, Any]:
        return dict(machines.describe_execution(executionArn=execution))

    assert eventually(lambda: bool(shown()["status"] != "RUNNING"))
    output = json.loads(shown()["output"])

    assert output["read"]["StandardOutputContent"] == "done\n"


def states(instance: str) -> dict[str, Any]:
    """Return states that send the document to an instance and read until it is a success."""
    invocation = {"CommandId.$": "$.sent.Command.CommandId", "InstanceId": instance}
    success = {"Variable": "$.read.Status", "StringEquals": "Success", "Next": "End"}
    return {
        "Send": {
            "Type": "Task",
            "Resource": f"{TASK}sendCommand",
            "Parameters": {"DocumentName": NAME, "InstanceIds": [instance]},
            "ResultPath": "$.sent",
            "Next": "Read",
        },
        "Read": {
            "Type": "Task",
            "Resource": f"{TASK}getCommandInvocation",
            "Parameters": invocation,
            "ResultPath": "$.read",
            "Next": "Ended",
        },
        "Ended": {"Type": "Choice", "Choices": [success], "Default": "Read"},
        "End": {"Type": "Succeed"},
    }
