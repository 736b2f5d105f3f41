"""`python -m localcloud.invoke`: run a function of the checkout on an event file, as deployed."""

import argparse
import hashlib
import importlib.util
import json
import os
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localcloud.client.background import Background, Running
from localcloud.client.connect import client
from localcloud.client.environment import bound_to


@dataclass(frozen=True)
class Context:
    """What Lambda passes beside the event, as far as handlers read it."""

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: int
    timeout_seconds: int
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    began: float = field(default_factory=time.monotonic)

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left of the function's timeout."""
        return round(1000 * (self.began + self.timeout_seconds - time.monotonic()))


def main() -> int:
    """Print what the handler returns; its errors end the program as they ended the handler."""
    wanted = _arguments()
    running = Background(wanted.directory).running()
    if running is None:
        print("no local cloud is running: make up", file=sys.stderr)
        return 1
    function = _deployed_function(running, wanted.stack_name, wanted.function)
    event = json.loads(wanted.event.read_text(encoding="utf-8"))
    if (queue := _queue_feeding(running, function)) and "Records" not in event:
        event = sqs_batch(event, queue)
    os.environ.update(bound_to(running.endpoint, running.region))
    os.environ.update(function.get("Environment", {}).get("Variables", {}))
    sys.dont_write_bytecode = True  # what lies in a function's folder is deployed with it
    sys.path[:0] = [str(layer) for layer in Path("layers").resolve().iterdir()]
    handler = _handler(Path("functions", wanted.function), function["Handler"])
    context = Context(
        function["FunctionName"],
        function["FunctionArn"],
        function["MemorySize"],
        function["Timeout"],
    )
    print(json.dumps(handler(event, context), indent=2, default=str))
    return 0


def sqs_batch(event: Mapping[str, Any], queue_arn: str) -> dict[str, Any]:
    """Return ``event`` as the one message of a batch that Lambda read from ``queue_arn``."""
    body = json.dumps(event)
    sent = str(round(time.time() * 1000))
    record = {
        "messageId": str(uuid.uuid4()),
        "receiptHandle": "invoked-by-hand",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": sent,
            "ApproximateFirstReceiveTimestamp": sent,
            "SenderId": "events.amazonaws.com",
        },
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }
    return {"Records": [record]}


def _deployed_function(running: Running, stack_name: str, folder: str) -> dict[str, Any]:
    """Return the configuration of the function whose code is in ``functions/<folder>``."""
    logical_id = f"{folder.title().replace('_', '')}Function"
    cloudformation = client("cloudformation", running.endpoint, running.region)
    found = cloudformation.describe_stack_resource(
        StackName=stack_name, LogicalResourceId=logical_id
    )
    name = found["StackResourceDetail"]["PhysicalResourceId"]
    functions = client("lambda", running.endpoint, running.region)
    configuration: dict[str, Any] = functions.get_function_configuration(FunctionName=name)
    return configuration


def _queue_feeding(running: Running, function: Mapping[str, Any]) -> str | None:
    mappings = client("lambda", running.endpoint, running.region).list_event_source_mappings(
        FunctionName=function["FunctionName"]
    )
    arns = (mapping["EventSourceArn"] for mapping in mappings["EventSourceMappings"])
    return next((arn for arn in arns if arn.split(":")[2] == "sqs"), None)


def _handler(folder: Path, dotted: str) -> Any:  # noqa: ANN401 - what the folder defines
    module_name, name = dotted.rsplit(".", 1)
    spec = importlib.util.spec_from_file_location(module_name, folder / f"{module_name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(folder)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(folder.resolve()))
    spec.loader.exec_module(module)
    return getattr(module, name)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="localcloud.invoke", description=__doc__)
    parser.add_argument("--function", required=True, help="a folder of functions/")
    parser.add_argument("--event", required=True, type=Path, help="a JSON file")
    parser.add_argument("--stack-name", default="dualhome")
    parser.add_argument("--directory", type=Path, default=Path(".local"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
