"""One local cloud for all probes, with policies enforced and a world like that of a run."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from live.events import watch
from live.network import build
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
        session, run = boto3.Session(), Run("test", "dualhome-live", "dualhome-live")
        network = build(session.client("ec2"), run)
        yield World(session, run, network, watch(session, run), PATIENCE)


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
