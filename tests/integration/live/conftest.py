"""One local cloud for all probes, with policies enforced and a world like that of a run."""

from collections.abc import Iterator
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

PATIENCE = 3.0
"""Seconds; what comes at all on the local cloud comes sooner."""


@pytest.fixture(scope="session")
def shared_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A local cloud in which little takes time."""
    folder: Path = tmp_path_factory.mktemp("live")
    with LocalCloud.start(
        folder, attach_seconds=0.1, detach_seconds=0.1, instance_seconds=0.1, auth=True
    ) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def shared_world(shared_cloud: LocalCloud) -> Iterator[World]:
    """A run's world on it, found by the environment as in a real account."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in client_environment(shared_cloud.endpoint).items():
            patch.setenv(name, value)
        patch.setenv("SAM_CLI_POLL_DELAY", "0.2")
        account, run = of_credentials(None), Run.new()
        network = build(account.client("ec2"), run)
        with (shared_cloud.directory / "sam.log").open("w+b") as log:
            outputs = deploy(account, run, ROOT, log, log.fileno())
        events = watch(account, run)
        yield World(account, run, network, events, outputs, PATIENCE, may_launch=1000)


@pytest.fixture
def cloud(shared_cloud: LocalCloud) -> Iterator[LocalCloud]:
    """The local cloud; its settings and alternatives last for one test."""
    settings, alternatives = shared_cloud.settings(), shared_cloud.alternatives()
    yield shared_cloud
    shared_cloud.settings(**settings)
    shared_cloud.alternatives(**alternatives)
    shared_cloud.clear_faults()


@pytest.fixture
def world(shared_world: World, cloud: LocalCloud) -> World:  # noqa: ARG001 - restored afterwards
    """The world, for one test."""
    return shared_world
