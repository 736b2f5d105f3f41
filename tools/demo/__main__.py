"""`python -m demo`: start a local cloud, deploy the template, run the steps, stop."""

import signal
import sys
import time
from dataclasses import replace
from types import FrameType
from typing import NoReturn

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from demo.command import ROOT, CommandError
from demo.logs import save_function_logs
from demo.screen import Screen
from demo.stage import STACK
from demo.steps.attach import (
    launched_with_the_tag,
    no_pool_in_its_zone,
    tagged_later,
    vpc_not_admitted,
)
from demo.steps.duplicate import same_event_again
from demo.steps.release import target_removed
from demo.steps.setup import set_stage, untagged_instances
from demo.steps.summary import history, report, summary
from demo.watch import Expectation
from localcloud.client.lifecycle import LocalCloud
from localcloud.client.server_process import LOG_NAME, ServerError
from sam_command.run import SamError

DIRECTORY = ROOT / ".local" / "demo"
LOGS = (DIRECTORY / LOG_NAME, DIRECTORY / "functions.log")
ATTACH_SECONDS = 2.0
STEPS = (
    launched_with_the_tag,
    tagged_later,
    no_pool_in_its_zone,
    vpc_not_admitted,
    same_event_again,
    target_removed,
)


def main() -> int:
    """Return 0 if every expectation was met, 1 if not, 130 if interrupted."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    # A script that starts us in the background has Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    screen, began = Screen(Console()), time.monotonic()
    screen.opening(
        "dualhome: tag an instance, and dualhome attaches an interface from another VPC",
        "The real template and functions, on a local AWS. Its EC2 takes"
        f" {ATTACH_SECONDS:.0f} s to attach.",
    )
    try:
        with LocalCloud.start(DIRECTORY, attach_seconds=ATTACH_SECONDS) as cloud:
            expectations = run_steps(screen, cloud)
    except KeyboardInterrupt:
        screen.failure("interrupted; nothing is left running")
        return 128 + signal.SIGINT
    except (ServerError, SamError, CommandError, BotoCoreError, ClientError) as error:
        screen.failure(f"{error}", f"log of the local cloud: {LOGS[0]}")
        return 1
    return screen.verdict(expectations, time.monotonic() - began, LOGS)


def run_steps(screen: Screen, cloud: LocalCloud) -> list[Expectation]:
    """Run every step; return what was expected in them."""
    stage = set_stage(screen, cloud, ROOT / "template.yaml")
    expectations = untagged_instances(stage)
    results = [step(stage) for step in STEPS]
    for result in results:
        for it in result.expectations:
            expectations.append(replace(it, what=f"({result.step.letter}) {it.what}"))
    expectations += [
        *history(stage),
        *summary(stage, results),
        *report(stage, DIRECTORY / "report.html"),
    ]
    if not all(it.met for it in expectations):
        save_function_logs(cloud, STACK, LOGS[1])
    return expectations


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
