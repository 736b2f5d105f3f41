"""No test can reach a real account: the environment holds dummy credentials and little else."""

import os
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import settings

KEPT = {"CI", "HOME", "LANG", "LC_ALL", "PATH", "TERM", "TMPDIR"}
# Building a layer installs packages: how this machine reaches its package index stays.
KEPT_PREFIXES = ("PIP_", "PYENV_", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
DUMMIES = {
    "AWS_ACCESS_KEY_ID": "111122223333",
    "AWS_SECRET_ACCESS_KEY": "dummy",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}

SHARED = {"test_demo.py": "demo"}
"""Files that use one folder of the checkout, and so never run side by side."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run side by side, keep those of a file together: they share what is slow."""
    for item in items:
        group = SHARED.get(item.path.name, str(item.path))
        item.add_marker(pytest.mark.xdist_group(group))


# A busy machine does not make a property false.
settings.register_profile("dualhome", deadline=None)
settings.load_profile("dualhome")


@pytest.fixture(autouse=True, scope="session")
def dummy_environment() -> Iterator[None]:
    """Replace the developer's environment, so that a stray client is harmless."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT or name.upper().startswith(KEPT_PREFIXES)
    }
    with patch.dict(os.environ, kept | DUMMIES, clear=True):
        yield
