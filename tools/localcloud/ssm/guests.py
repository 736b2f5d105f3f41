"""The operating systems of instances, as far as an agent in them needs one."""

import pwd
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from localcloud.ssm.processes import Finished, run_process

AGENT = "3.3.3572.0"


class Guests(Protocol):
    """What runs in instances: an agent, and the scripts that it starts."""

    def agent_version(self, instance: str) -> str | None:
        """Return the version of an instance's agent; None: the guest has none."""

    def run(
        self,
        instance: str,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str],
        stdin: bytes,
        timeout: float,
        stopped: Callable[[], bool],
    ) -> Finished:
        """
        Run a process in an instance's guest to its end.

        ``environment`` is all that it gets. It is killed after ``timeout`` seconds, and as soon
        as ``stopped`` says so.
        """


class FolderGuests:
    """
    Each guest is a folder: the working directory and home of what runs in it, and no more.

    Scripts run on this machine, as its user. Every instance has an agent.
    """

    def __init__(self, root: Path) -> None:
        """Keep the folders below ``root``."""
        self._root = root

    def agent_version(self, instance: str) -> str | None:  # noqa: ARG002 - the same in all
        """Return the version of an instance's agent."""
        return AGENT

    def run(
        self,
        instance: str,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str],
        stdin: bytes,
        timeout: float,
        stopped: Callable[[], bool],
    ) -> Finished:
        """Run a process in an instance's folder."""
        home = self._root / instance
        home.mkdir(parents=True, exist_ok=True)
        own = {**environment, "HOME": str(home), "TMPDIR": str(home)}
        return run_process(argv, own, home, stdin=stdin, timeout=timeout, stopped=stopped)


class EnteredGuests:
    """
    Each guest is a machine of its own, with processes, files and interfaces.

    ``enter`` returns the words before a command that is to run in an instance; none: it is off.
    Every instance has an agent.
    """

    def __init__(self, enter: Callable[[str], Sequence[str] | None]) -> None:
        """Enter guests by ``enter``."""
        self._enter = enter

    def agent_version(self, instance: str) -> str | None:  # noqa: ARG002 - the same in all
        """Return the version of an instance's agent."""
        return AGENT

    def run(
        self,
        instance: str,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str],
        stdin: bytes,
        timeout: float,
        stopped: Callable[[], bool],
    ) -> Finished:
        """Run a process in an instance's guest."""
        words = self._enter(instance)
        if words is None:
            return Finished(None, "", "")
        own = {**environment, "HOME": pwd.getpwuid(0).pw_dir}
        return run_process(
            [*words, *argv], own, Path("/"), stdin=stdin, timeout=timeout, stopped=stopped
        )
