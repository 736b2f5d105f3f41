"""Documents, and instances that run them."""

import json
from typing import Any

from tests.integration.localcloud.cloud import Lab, eventually

NAME = "check"
ENDED = {"Success", "Failed", "TimedOut", "Cancelled"}
Parameters = dict[str, dict[str, Any]]


def step(*lines: str, name: str = "run", **more: Any) -> dict[str, Any]:
    """Return a step that runs these lines."""
    inputs: dict[str, Any] = {"runCommand": list(lines)}
    if "timeoutSeconds" in more:
        inputs["timeoutSeconds"] = more.pop("timeoutSeconds")
    return {"action": "aws:runShellScript", "name": name, "inputs": inputs, **more}


def content(*steps: dict[str, Any], parameters: Parameters | None = None, **more: Any) -> str:
    """Return a document's content in JSON."""
    said = {"schemaVersion": "2.2", "parameters": parameters or {}, "mainSteps": list(steps)}
    return json.dumps(said | more)


class ManagedLab(Lab):
    """An account whose instances run documents."""

    @property
    def ssm(self) -> Any:  # noqa: ANN401 - boto3's stubs are not installed for it
        """The account's Systems Manager."""
        return self.client("ssm")

    def managed(self) -> str:
        """Launch an instance whose agent is known."""
        return self.instance(self.subnet())

    def document(self, *lines: str, parameters: Parameters | None = None, **more: Any) -> str:
        """Create a document that runs these lines; return its name."""
        text = content(step(*lines, **more), parameters=parameters)
        self.ssm.create_document(Name=NAME, Content=text, DocumentType="Command")
        return NAME

    def agent(self, instance: str, **fields: Any) -> None:
        """Say what an instance's agent is."""
        self.cloud.control("POST", f"agents/{instance}", fields)

    def ping(self, instance: str) -> str | None:
        """Return an agent's PingStatus; None if Systems Manager does not know it."""
        listed = self.ssm.describe_instance_information(
            Filters=[{"Key": "InstanceIds", "Values": [instance]}]
        )["InstanceInformationList"]
        return str(listed[0]["PingStatus"]) if listed else None

    def send(self, *instances: str, **more: Any) -> str:
        """Send the document; return the command's id."""
        sent = self.ssm.send_command(InstanceIds=list(instances), DocumentName=NAME, **more)
        return str(sent["Command"]["CommandId"])

    def invocation(self, command: str, instance: str) -> dict[str, Any]:
        """Return an invocation as it is now."""
        return dict(self.ssm.get_command_invocation(CommandId=command, InstanceId=instance))

    def comes_to(self, status: str, command: str, instance: str) -> bool:
        """Return whether an invocation gets a status."""
        return eventually(lambda: self.invocation(command, instance)["Status"] == status)

    def ended(self, command: str, instance: str) -> dict[str, Any]:
        """Return an invocation at its end."""
        assert eventually(lambda: self.invocation(command, instance)["Status"] in ENDED)
        return self.invocation(command, instance)

    def ran(
        self, *lines: str, parameters: Parameters | None = None, **given: str
    ) -> dict[str, Any]:
        """Run lines on an instance, with values for the parameters; return the end."""
        instance = self.managed()
        self.document(*lines, parameters=parameters)
        values = {name: [value] for name, value in given.items()}
        return self.ended(self.send(instance, Parameters=values), instance)
