"""A state machine sends a command and reads its end, without a function."""

import json

from tests.integration.localcloud.cloud import eventually
from tests.integration.localcloud.ssm.managed import NAME, ManagedLab

TASK = "arn:aws:states:::aws-sdk:ssm:"


def test_a_state_machine_sends_a_command_and_reads_its_end(account: ManagedLab) -> None:
    """By the SDK integrations, which call the service from inside."""
    instance = account.managed()
    account.document("echo done")
    states = {
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
            "Parameters": {"CommandId.$": "$.sent.Command.CommandId", "InstanceId": instance},
            "ResultPath": "$.read",
            "Next": "Ended",
        },
        "Ended": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.read.Status", "StringEquals": "Success", "Next": "End"}],
            "Default": "Read",
        },
        "End": {"Type": "Succeed"},
    }
    machines = account.client("stepfunctions")
    machine = machines.create_state_machine(
        name="machine",
        definition=json.dumps({"StartAt": "Send", "States": states}),
        roleArn=f"arn:aws:iam::{account.account}:role/any",
    )["stateMachineArn"]
    execution = machines.start_execution(stateMachineArn=machine, input="{}")["executionArn"]

    def ended() -> bool:
        status = machines.describe_execution(executionArn=execution)["status"]
        return bool(status != "RUNNING")

    assert eventually(ended)
    found = machines.describe_execution(executionArn=execution)

    assert json.loads(found["output"])["read"]["StandardOutputContent"] == "done\n"
