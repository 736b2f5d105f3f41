"""Find all that runs have left, and remove it in an order in which AWS permits it."""

import time
from collections.abc import Callable, Mapping, Sequence

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from live.removal.ec2 import INSTANCES, INTERFACES, SUBNETS, VPCS
from live.removal.kind import Clients, Kind
from live.removal.services import BUCKETS, QUEUES, ROLES, RULES, STATE_MACHINES
from live.removal.stack import LOGS, STACKS, TABLES

KINDS: tuple[Kind, ...] = (
    INSTANCES,
    STACKS,
    TABLES,
    LOGS,
    INTERFACES,
    SUBNETS,
    VPCS,
    RULES,
    QUEUES,
    STATE_MACHINES,
    ROLES,
    BUCKETS,
)
"""The instances first, since they cost most; a stack before what it keeps; networks inside out."""

ROUNDS = 4
PAUSE_SECONDS = 5.0
Left = Mapping[str, Sequence[str]]
"""What is there, by the name of its kind."""


def leftovers(client: Clients) -> Left:
    """Return what there is that carries the tag of any run."""
    found = {kind.name: kind.find(client) for kind in KINDS}
    return {name: ids for name, ids in found.items() if ids}


def remove_all(client: Clients, say: Callable[[str], None]) -> Left:
    """
    Remove what there is; return what is left after several rounds.

    What AWS refuses is said and tried again: some of it waits for the end of something else.
    """
    left: Left = {}
    for number in range(ROUNDS):
        if number:
            time.sleep(PAUSE_SECONDS)
        for kind in KINDS:
            _remove(kind, client, say)
        if not (left := leftovers(client)):
            break
    return left


def _remove(kind: Kind, client: Clients, say: Callable[[str], None]) -> None:
    try:
        if found := kind.find(client):
            say(f"removing {describe({kind.name: found})}")
            kind.remove(client, found)
    except (BotoCoreError, ClientError, WaiterError) as error:
        say(f"{kind.name}: {error}")


def describe(left: Left) -> str:
    """Return what there is in words."""
    return "; ".join(f"{kind} {', '.join(ids)}" for kind, ids in left.items())
