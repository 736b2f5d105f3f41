"""An account of the local cloud that a run is for: run as a user runs it, listed from outside."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from localcloud.client.environment import bound_to
from localcloud.client.lifecycle import LocalCloud
from tests.support.readers.processes import comes_true
from tests.support.readers.template import ROOT

PACKAGES = ("layers/dualhome", "tools", "cli")
PATIENCE = "20"
"""Seconds; nothing is switched, so all that a probe waits for comes."""
LISTS: Mapping[str, tuple[str, str, str]] = {
    "VPC": ("ec2", "describe_vpcs", "Vpcs"),
    "subnet": ("ec2", "describe_subnets", "Subnets"),
    "interface": ("ec2", "describe_network_interfaces", "NetworkInterfaces"),
    "group": ("ec2", "describe_security_groups", "SecurityGroups"),
    "table": ("dynamodb", "list_tables", "TableNames"),
    "log group": ("logs", "describe_log_groups", "logGroups"),
    "queue": ("sqs", "list_queues", "QueueUrls"),
    "rule": ("events", "list_rules", "Rules"),
    "role": ("iam", "list_roles", "Roles"),
    "machine": ("stepfunctions", "list_state_machines", "stateMachines"),
    "bucket": ("s3", "list_buckets", "Buckets"),
    "function": ("lambda", "list_functions", "Functions"),
    "layer": ("lambda", "list_layers", "Layers"),
    "topic": ("sns", "list_topics", "Topics"),
    "alarm": ("cloudwatch", "describe_alarms", "MetricAlarms"),
    "schedule": ("scheduler", "list_schedules", "Schedules"),
}
NAMES = (
    *("VpcId", "SubnetId", "NetworkInterfaceId", "GroupId", "logGroupName", "RoleName", "name"),
    *("FunctionName", "LayerName", "TopicArn", "AlarmName", "Name"),
)


@dataclass(frozen=True)
class Account:
    """An account of its own on a shared local cloud."""

    cloud: LocalCloud
    id: str
    folder: Path
    key: tuple[str, str] | None = None

    @cache  # noqa: B019 - a test's few clients
    def client(self, service: str) -> Any:  # noqa: ANN401 - the caller names the client's type
        """Return a client of the account's administrator."""
        session = boto3.Session(self.id, "any", region_name="us-east-1")
        return session.client(  # type: ignore[call-overload]
            service, endpoint_url=self.cloud.endpoint, config=Config(proxies={})
        )

    def inventory(self) -> dict[str, list[str]]:
        """Return the names of all that there is, by its kind."""
        found = {kind: self._listed(*how) for kind, how in LISTS.items()}
        living = {"pending", "running", "stopping", "stopped", "shutting-down"}
        groups = self.client("ec2").describe_instances()["Reservations"]
        instances = [it for group in groups for it in group["Instances"]]
        found["instance"] = [it["InstanceId"] for it in instances if it["State"]["Name"] in living]
        stacks = self.client("cloudformation").describe_stacks()["Stacks"]
        gone = "DELETE_COMPLETE"
        found["stack"] = [it["StackName"] for it in stacks if it["StackStatus"] != gone]
        return found

    def made(self) -> int:
        """Return how many calls of the account's administrator may have changed something."""
        calls = self.cloud.calls()
        return sum(it["mutating"] and it["principal"] == self.id for it in calls)

    @contextmanager
    def started(self, *options: str) -> Iterator["subprocess.Popen[str]"]:
        """Start the program on this account; it is killed in the end if it still runs."""
        with subprocess.Popen(
            [sys.executable, "-m", "live", "--directory", str(self.folder), *options],
            cwd=ROOT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, *options: str) -> "subprocess.CompletedProcess[str]":
        """Run the program to its end."""
        with self.started(*options) as process:
            said, _ = process.communicate()
            return subprocess.CompletedProcess([], process.returncode, said)

    def environment(self) -> dict[str, str]:
        """Return the environment of a user of this account: its administrator, or ``key``."""
        key, secret = self.key or (self.id, "any")
        return bound_to(self.cloud.endpoint) | {
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "PYTHONPATH": os.pathsep.join(
                f"{ROOT / it}" for it in ("layers/dualhome", "tools", "cli")
            ),
            "SAM_CLI_POLL_DELAY": "0.2",
        }

    def makes(self, count: int) -> bool:
        """Wait until ``count`` more such calls have been made; machines under load have longer."""
        before = self.made()
        return comes_true(lambda: self.made() >= before + count, 180)

    def _listed(self, service: str, operation: str, key: str) -> list[str]:
        client = self.client(service)
        pages = (
            client.get_paginator(operation).paginate()
            if client.can_paginate(operation)
            else [getattr(client, operation)()]
        )
        items = [item for page in pages for item in page.get(key, [])]
        return sorted(item if isinstance(item, str) else _name(item) for item in items)


def _name(item: Mapping[str, Any]) -> str:
    return next(str(item[key]) for key in NAMES if key in item)
