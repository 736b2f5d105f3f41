"""
Which tests stay on one worker when several run side by side: those that share what is slow to make.

pytest-xdist has groups by a mark (``--dist loadgroup``), which it tells its scheduler by a private
part of pytest that pytest 9.2 no longer has: no test is in a group then, and nothing says so
(pytest-xdist, issue 1386). So we have a scheduler of our own, by the names of files.
"""

from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from xdist.scheduler import Scheduling

SHARED = {
    "breakable_of_all": "faults",
    "stack_of_all": "e2e",
    "storm": "storm",
    "guarded_of_all": "guarded",
    "shared_world": "live",
    "demo": "demo",
    "alone": "alarms",
    "apart_of_all": "apart",
    "carrying_cloud": "packets",
    "carrying_of_all": "carrying",
}
"""What takes long to make, by its fixture, and the group of those that share it; longest first."""

FILES = {
    "tests/faults/test_storm.py": "storm",
    "tests/e2e/test_cli_pause_permissions.py": "guarded",
    "tests/e2e/test_permissions.py": "guarded",
    "tests/e2e/test_permissions_denied.py": "guarded",
    "tests/e2e/test_release_permissions.py": "guarded",
    "tests/e2e/test_sweep.py": "guarded",
    "tests/e2e/test_demo.py": "demo",
    "tests/e2e/test_alarms.py": "alarms",
    "tests/e2e/test_cli_doctor.py": "apart",
    "tests/e2e/test_cli_pause.py": "apart",
    "tests/e2e/test_guest.py": "carrying",
    "tests/e2e/test_packets.py": "carrying",
}
FOLDERS = {
    "tests/faults/": "faults",
    "tests/e2e/": "e2e",
    "tests/integration/localcloud/packets/": "packets",
    "tests/integration/live/": "live",
}
ORDER = list(dict.fromkeys(SHARED.values()))


def group_of(nodeid: str) -> str:
    """Return the group of a test; those of a file are one at least."""
    file = nodeid.partition("::")[0]
    folder = (group for name, group in FOLDERS.items() if file.startswith(name))
    return FILES.get(file) or next(folder, file)


def arrange(items: list[pytest.Item]) -> None:
    """
    Let the longest groups come first, each in the order that it has.

    Raises:
        pytest.UsageError: a test asks for what another group shares; it would be made twice.
    """
    for item in items:
        group, used = group_of(item.nodeid), getattr(item, "fixturenames", ())
        if strange := {name for name, it in SHARED.items() if name in used and it != group}:
            raise pytest.UsageError(
                f"{item.nodeid} is in group {group} and uses {', '.join(sorted(strange))}:"
                " put it in another file, or see tests/support/groups.py"
            )
    items.sort(key=lambda item: [group_of(item.nodeid) != name for name in ORDER])


class Groups(LoadScopeScheduling):  # type: ignore[misc] # xdist comes without types
    """A worker gets whole groups, one after the other."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def scheduler(config: pytest.Config, log: object) -> "Scheduling":
    """Return one that keeps the order of ``arrange``; its own is by the number of tests."""
    config.option.loadscopereorder = False
    return Groups(config, log)
