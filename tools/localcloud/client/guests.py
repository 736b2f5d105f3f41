"""Commands in an instance of a local cloud that carries packets."""

import subprocess
from collections.abc import Sequence

from localcloud.client.control import ControlClient

SECONDS = 120.0


class GuestError(Exception):
    """The instance does not run, or a command failed in it; the message has its words."""


def in_guest(
    cloud: ControlClient,
    instance: str,
    command: Sequence[str],
    *,
    text: str = "",
    seconds: float = SECONDS,
) -> str:
    """
    Run ``command`` in ``instance`` with ``text`` on its standard input; return what it prints.

    It has the instance's interfaces and processes, and its own ``/etc``, ``/run`` and ``/var/lib``.

    Raises:
        GuestError: see there.
        ControlError: the local cloud carries no packets.
    """
    guest = cloud.guests().get(instance)
    if guest is None:
        raise GuestError(f"{instance} does not run")
    done = subprocess.run(
        [*guest["Enter"], *command],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip()
        raise GuestError(f"{instance}: {' '.join(command)}: status {done.returncode}: {said}")
    return done.stdout
