"""One local cloud for all probes, with policies enforced and a world like that of a run."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from live.account import of_credentials
from live.deployment import deploy
from live.events import watch
from live.network import build
from live.run import ROOT
from live.tagging import Run
from live.world import World
from localcloud.client.environment import client_environment
from localcloud.client.lifecycle import LocalCloud
from tests.integration.live.account import Account

PATIENCE = 3.0
"""Seconds; what comes at all on the local cloud comes sooner."""

ACCOUNTS = count(200_000_000_001)


@pytest.fixture(scope="session")
def shared_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A local cloud in which little takes time."""
    folder: Path = tmp_path_factory.mktemp("live")
    with LocalCloud.start(
        folder, attach_seconds=0.1, detach_seconds=0.1, instance_seconds=0.1, auth=True
    ) as cloud:
        yield cloud


@contextmanager
def environment(cloud: LocalCloud) -> Iterator[None]:
    """Let AWS's clients find the local cloud as they find a real account, and no longer."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in client_environment(cloud.endpoint).items():
            patch.setenv(name, value)
        patch.setenv("SAM_CLI_POLL_DELAY", "0.2")
        yield


@pytest.fixture(scope="session")
def shared_world(shared_cloud: LocalCloud) -> World:
    """A run's world on it."""
    with environment(shared_cloud):
        account, run = of_credentials(None), Run.new()
        network = build(account.client("ec2"), run)
        with (shared_cloud.directory / "sam.log").open("w+b") as log:
            outputs = deploy(account, run, ROOT, log, log.fileno())
        events = watch(account, run)
    return World(account, run, network, events, outputs, PATIENCE, may_launch=1000)


@pytest.fixture
def cloud(shared_cloud: LocalCloud) -> Iterator[LocalCloud]:
    """The local cloud; its settings and alternatives last for one test."""
    settings, alternatives = shared_cloud.settings(), shared_cloud.alternatives()
    yield shared_cloud
    shared_cloud.settings(**settings)
    shared_cloud.alternatives(**alternatives)
    shared_cloud.clear_faults()


@pytest.fixture
def world(shared_world: World, cloud: LocalCloud) -> Iterator[World]:
    """The world, for one test; what the test changes in the local cloud is restored afterwards."""
    with environment(cloud):
        yield shared_world


@pytest.fixture
def account(cloud: LocalCloud, tmp_path: Path) -> Iterator[Account]:
    """An account with things of other owners, whose names and tags are not unlike a run's."""
    cloud.settings(attach_seconds=0.5, detach_seconds=0.5, instance_seconds=0.5)
    account = Account(cloud, str(next(ACCOUNTS)), tmp_path)
    ec2 = account.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/24")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "dualhome:target", "Value": "live"}])
    account.client("s3").create_bucket(Bucket=f"dualhome-live-{account.id}")
    account.client("sqs").create_queue(QueueName="dualhome-live-of-others")
    account.client("dynamodb").create_table(
        TableName="dualhome-live-of-others",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    before = account.inventory()
    yield account
    assert before == account.inventory()
