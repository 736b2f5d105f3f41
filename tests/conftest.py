"""No test can reach a real account: the environment holds dummy credentials and little else."""

import os
import signal
import sys
from collections.abc import Generator, Iterator
from unittest.mock import patch

import pytest
from hypothesis import settings

from tests.support import groups, samples, untried

KEPT = {
    *("CI", "HOME", "LANG", "LC_ALL", "PATH", "TERM", "TMPDIR"),
    *("DUALHOME_CHROMIUM", untried.REQUIRE_ALL, "PYTHONHASHSEED"),
}
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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make soak` ask for every case of the fault suite."""
    parser.addoption("--whole", action="store_true", help="try every case of the fault suite")


def pytest_configure(config: pytest.Config) -> None:
    """Choose before the modules with the cases are imported."""
    samples.configure(config)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None, None, None]:
    """Arrange the groups when pytest-randomly has had its turn."""
    yield
    groups.arrange(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Where tests run side by side, those that share what is slow stay together."""
    return groups.scheduler(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where all can be tried, a test that is skipped fails."""
    report = yield
    if os.environ.get(untried.REQUIRE_ALL):
        untried.fail_skipped(report, sys.platform)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """So does a whole file."""
    report = yield
    if os.environ.get(untried.REQUIRE_ALL):
        untried.fail_skipped(report, sys.platform)
    return report


def pytest_report_header() -> list[str]:
    """Say what a failure may depend on besides the order, which pytest-randomly names."""
    return [f"PYTHONHASHSEED={os.environ.get('PYTHONHASHSEED', 'random')}", samples.header()]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was not tried, and why: a skip that is not shown is taken for a proof."""
    if lines := untried.lines(terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_sep("=", "not tried", yellow=True)
        for line in lines:
            terminalreporter.write_line(line)


# A busy machine does not make a property false.
settings.register_profile("quick", deadline=None, max_examples=50, stateful_step_count=20)
settings.register_profile("full", deadline=None, max_examples=200, stateful_step_count=20)
settings.register_profile("long", deadline=None, max_examples=5000, stateful_step_count=50)
settings.load_profile("quick")


@pytest.fixture(autouse=True, scope="session")
def ctrl_c_is_heard() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so would all that tests start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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
