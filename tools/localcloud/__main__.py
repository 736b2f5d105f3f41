"""`python -m localcloud up|down`: a checkout's local cloud in the background."""

import argparse
import json
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from localcloud.client.background import Background, Running
from localcloud.client.deploy import deploy
from localcloud.client.server_process import ServerError
from sam_command.run import SamError

DEFAULT_PORT = 4566  # what AWS emulators listen on by custom


def main() -> int:
    """Run one command; answer 1 with the reason on standard error when it failed."""
    wanted = _arguments()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    cloud = Background(wanted.directory)
    try:
        with cloud.alone():
            return _down(cloud) if wanted.command == "down" else _up(cloud, wanted)
    except (ServerError, SamError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _up(cloud: Background, wanted: argparse.Namespace) -> int:
    """Start it unless it runs, and deploy; if that fails, stop what was started."""
    already = cloud.running()
    running = already or _start(cloud, wanted)
    print(
        f"local cloud {'already runs' if already else 'started'} at {running.endpoint}", flush=True
    )
    print(f"IAM policies are {'' if running.auth else 'not '}enforced{_to_change(running, wanted)}")
    if running.packets:
        print("interfaces carry packets")
    elif wanted.packets:
        print("interfaces carry no packets; to change that, stop it first: make down")
    try:
        if wanted.template:
            _deploy(cloud, running, wanted)
    except BaseException:
        if not already:
            cloud.stop()
            print("local cloud stopped", file=sys.stderr)
        raise
    print(f"use it: source {cloud.directory / 'env'}    stop it: make down")
    return 0


def _to_change(running: Running, wanted: argparse.Namespace) -> str:
    return "" if running.auth == wanted.auth else "; to change that, stop it first: make down"


def _start(cloud: Background, wanted: argparse.Namespace) -> Running:
    return cloud.start(
        wanted.port,
        attach_seconds=wanted.attach_seconds,
        detach_seconds=wanted.detach_seconds,
        auth=wanted.auth,
        packets=wanted.packets,
    )


def _deploy(cloud: Background, running: Running, wanted: argparse.Namespace) -> None:
    began = time.monotonic()
    outputs = deploy(
        wanted.template,
        wanted.stack_name,
        {},
        endpoint=running.endpoint,
        region=running.region,
        log=cloud.directory / "sam.log",
    )
    cloud.outputs.write_text(json.dumps(outputs, indent=2) + "\n", encoding="utf-8")
    print(f"stack {wanted.stack_name} deployed in {time.monotonic() - began:.1f} s")


def _down(cloud: Background) -> int:
    stopped = cloud.stop()
    print(f"local cloud at {stopped.endpoint} stopped" if stopped else "no local cloud is running")
    return 0


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="localcloud", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start the local cloud; build and deploy a template")
    up.add_argument("--template", type=Path, help="SAM template to build and deploy")
    up.add_argument("--stack-name", default="local")
    up.add_argument("--port", type=int, default=DEFAULT_PORT, help="another one if it is taken")
    up.add_argument("--attach-seconds", type=float, default=2.0)
    up.add_argument("--detach-seconds", type=float, default=2.0)
    up.add_argument(
        "--auth",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="enforce IAM policies, as AWS does",
    )
    up.add_argument(
        "--packets",
        action="store_true",
        help="carry packets between interfaces; needs root on Linux, iproute2 and nftables",
    )
    down = commands.add_parser("down", help="stop the local cloud; harmless if none runs")
    for command in (up, down):
        command.add_argument("--directory", type=Path, default=Path(".local"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
