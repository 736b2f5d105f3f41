"""Tests that were not tried: listed at the end of each run, and no success where they could be."""

from collections import Counter
from collections.abc import Iterable

import pytest

REQUIRE_ALL = "DUALHOME_REQUIRE_ALL"
"""Set to anything, it says that this machine has what every test needs, as CI's has."""

OTHER_SYSTEMS = "only Linux has "
"""How the reason begins of a test that other systems cannot run, whatever is installed."""

OTHER_PYTHONS = "no Python"
"""How the reason begins of a test of a Python older than ours, which no system still installs."""


OTHER_USERS = "only root "
"""How it begins of a test that other users cannot run, whatever is installed."""


def must_be_tried(reason: str, platform: str) -> bool:
    """Return whether a machine that has all there is to install could run what was skipped."""
    elsewhere = (OTHER_PYTHONS, OTHER_USERS)
    return not reason.startswith(elsewhere if platform == "linux" else (*elsewhere, OTHER_SYSTEMS))


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return why pytest has skipped it."""
    skipped = report.longrepr
    reason = skipped[2] if isinstance(skipped, tuple) else str(skipped)
    return reason.removeprefix("Skipped: ")


def fail_skipped(report: pytest.TestReport | pytest.CollectReport, platform: str) -> None:
    """Let a test fail that was skipped although this machine has what it needs."""
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = reason_of(report)
        if must_be_tried(reason, platform):
            report.outcome = "failed"
            report.longrepr = f"skipped, and {REQUIRE_ALL} is set: {reason}"


def lines(reports: Iterable[pytest.TestReport | pytest.CollectReport]) -> list[str]:
    """Return for each reason how many tests of which file were not tried."""
    counted = Counter((it.nodeid.partition("::")[0], reason_of(it)) for it in reports)
    return [f"{number} of {file}: {reason}" for (file, reason), number in sorted(counted.items())]
