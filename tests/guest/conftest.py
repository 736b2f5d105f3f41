"""A lab of its own for each test of the guest script."""

from collections.abc import Iterator

import pytest

from tests.support.guest_lab.lab import Lab, Scene, a_scene, open_lab
from tests.support.guest_lab.needs import need


@pytest.fixture(scope="session")
def namespaces() -> None:
    """Skip where no network namespace can be made."""
    need("dash")


@pytest.fixture
def lab(namespaces: None) -> Iterator[Lab]:  # noqa: ARG001 - it skips
    """Yield an empty lab."""
    with open_lab() as made:
        yield made


@pytest.fixture
def scene(lab: Lab) -> Scene:
    """Return the usual one, the two VPCs apart."""
    return a_scene(lab)


@pytest.fixture
def peered(lab: Lab) -> Scene:
    """Return the usual one, the two VPCs joined by peering."""
    return a_scene(lab, rp_filter=2, peered=True)
