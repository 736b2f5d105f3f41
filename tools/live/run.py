"""A run from the first resource to the last: make, probe, remove, report."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from live.account import Account
from live.beliefs import BELIEFS
from live.deployment import deploy
from live.events import watch
from live.interruptions import Interruptions, interruptible
from live.network import build
from live.probe import Finding, Verdict, try_beliefs
from live.probes.table import PROBES
from live.removal.removal import Left, describe, leftovers, remove_all
from live.tagging import Run
from live.world import World
from sam_command.run import SamError

ROOT = Path(__file__).parents[2]
REMEDY = "Remove it: make live CLEANUP=1 (or --cleanup)."
Say = Callable[[str], None]


class Exit(IntEnum):
    """How a run ends; the worst that holds. 1 is Python's own, for an error in this program."""

    HELD = 0
    NOT_BEGUN = 2
    REFUTED = 3
    UNFINISHED = 4
    LEFT = 5


@dataclass
class Report:
    """What a run has found, what kept it from its end, and what it has left behind."""

    run: Run
    findings: list[Finding] = field(default_factory=list)
    error: str = ""
    left: Left = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def exit(self) -> Exit:
        """Return the exit code; what is not probed does not count, what is unclear does."""
        verdicts = {it.verdict for it in self.findings}
        if self.left:
            return Exit.LEFT
        if self.error or Verdict.UNCLEAR in verdicts:
            return Exit.UNFINISHED
        return Exit.REFUTED if Verdict.REFUTED in verdicts else Exit.HELD


@dataclass(frozen=True)
class Place:
    """Where a run writes what it says, and a lock that it and its children hold."""

    folder: Path
    lock: int


def run(account: Account, place: Place, patience: float, say: Say) -> Report:
    """Make everything, try every belief, remove everything, however it ends."""
    report, began = Report(Run.new()), time.monotonic()
    with interruptible(say) as interruptions:
        try:
            _probe(account, place, patience, report, say)
        except KeyboardInterrupt:
            report.error = "interrupted"
        except (BotoCoreError, ClientError, WaiterError, SamError) as error:
            report.error = f"{error}"
        finally:
            report.left = clean_up(account, interruptions, say)
    report.seconds = time.monotonic() - began
    return report


def clean_up(account: Account, interruptions: Interruptions, say: Say) -> Left:
    """Remove everything; return what is left, also if a second signal ends the removal."""
    try:
        interruptions.removing = True
        left = remove_all(account.client, say)
    except KeyboardInterrupt:
        say("Interrupted again; reading what is left.")
        left = leftovers(account.client)
    if left:
        say(f"Left: {describe(left)}.\n{REMEDY}")
    return left


def _probe(account: Account, place: Place, patience: float, report: Report, say: Say) -> None:
    say("making the network")
    network = build(account.client("ec2"), report.run)
    events = watch(account, report.run)
    say("deploying the stack: some minutes")
    with (place.folder / f"{report.run.id}.log").open("wb") as log:
        outputs = deploy(account, report.run, ROOT, log, place.lock)
    world = World(account, report.run, network, events, outputs, patience)
    for finding in try_beliefs(BELIEFS, PROBES, world):
        report.findings.append(finding)
        if finding.verdict is not Verdict.NOT_PROBED:
            say(f"{finding.belief.id}: {finding.verdict} ({finding.seconds:.0f} s)")
