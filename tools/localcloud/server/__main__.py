"""
Run the local AWS in the foreground: ``python -m localcloud.server.__main__ --port 4566``.

It listens on 127.0.0.1 only and prints ``ready http://127.0.0.1:PORT`` once it answers.

With ``--auth`` IAM policies are enforced. The administrator's access key is then ``test`` (account
000000000000) or any 12-digit account number (that account), with any secret; every other key must
have been issued by IAM or STS here. Functions call with their roles' sessions.
"""

import argparse
import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from hypercorn.asyncio import serve
from hypercorn.config import Config

from localcloud.ec2.api.call import Call, Scope
from localcloud.ec2.api.engine import Engine
from localcloud.ec2.api.handler import Ec2Handler
from localcloud.ec2.iam import access
from localcloud.packets.carrier import Carrier
from localcloud.packets.commands import PacketsError
from localcloud.packets.hosts import Hosts
from localcloud.patches import (
    alarms,
    documents,
    executions,
    iam,
    internals,
    lambdas,
    metrics,
    otherwise,
    saved_queries,
    simulation,
    stacks,
    tagging_api,
)
from localcloud.server.alternatives import Alternatives
from localcloud.server.call_log import CallLog
from localcloud.server.clock import Clock
from localcloud.server.control import Control
from localcloud.server.environment import prepare_environment
from localcloud.server.events import publisher, telling
from localcloud.server.gateway import Gateway
from localcloud.server.interruptions import Interruptions
from localcloud.server.settings import Settings
from localcloud.ssm import access as ssm_access
from localcloud.ssm.engine import SystemsManager
from localcloud.ssm.guests import EnteredGuests, FolderGuests, Guests
from localcloud.ssm.handler import SsmHandler
from localcloud.ssm.nodes import Nodes
from localcloud.ssm.processes import stop_processes

if TYPE_CHECKING:
    from hypercorn.typing import Framework

HOST = "127.0.0.1"
GRACE_SECONDS = 0.5


def main() -> None:
    """Serve until stopped, then leave nothing behind: no process, no file."""
    options = _arguments()
    listener = socket.create_server((HOST, options.port))
    port = listener.getsockname()[1]
    scratch = tempfile.mkdtemp(prefix="localcloud-")
    try:
        prepare_environment(
            port, options.region, scratch, auth=options.auth, clock_speed=options.clock_speed
        )
        if problems := internals.moved():
            raise SystemExit("\n".join(problems))
        with _carrier(wanted=options.packets) as carrier:
            # Not asyncio.run: it would wait for every request under way, a function's for minutes.
            asyncio.new_event_loop().run_until_complete(_serve(listener, options, carrier))
    finally:
        stop_processes()
        lambdas.stop_workers()
        shutil.rmtree(scratch, ignore_errors=True)
    sys.stdout.flush()
    os._exit(0)  # ministack's threads would hold the process, too


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="localcloud.server.__main__", description="A local AWS.")
    parser.add_argument("--port", type=int, required=True, help="0 takes any free port")
    parser.add_argument("--region", default="us-east-1", help="for requests that name none")
    parser.add_argument("--auth", action="store_true", help="enforce IAM policies")
    parser.add_argument("--attach-seconds", type=float, default=2.0)
    parser.add_argument("--detach-seconds", type=float, default=2.0)
    parser.add_argument("--instance-seconds", type=float, default=0.2)
    parser.add_argument("--ssm-agent-seconds", type=float, default=2.0)
    parser.add_argument(
        "--throttle-scale", type=float, default=0.0, help="1: AWS's limits; 0: none"
    )
    parser.add_argument("--clock-speed", type=float, default=1.0, help="2: time flies")
    parser.add_argument("--no-launch-tag-events", dest="launch_tag_events", action="store_false")
    parser.add_argument(
        "--packets", action="store_true", help="carry packets: needs root, iproute2 and nftables"
    )
    parser.add_argument("--exit-with-stdin", action="store_true", help="stop when it ends")
    return parser.parse_args()


@contextmanager
def _carrier(*, wanted: bool) -> Iterator[Carrier | None]:
    """Yield what carries packets, if wanted; in the end nothing of it is left."""
    if not wanted:
        yield None
        return
    try:
        carrier = Carrier()
    except PacketsError as error:
        raise SystemExit(f"--packets: this machine cannot carry packets: {error}") from error
    try:
        yield carrier
    finally:
        carrier.close()


async def _serve(
    listener: socket.socket, options: argparse.Namespace, carrier: Carrier | None
) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if options.exit_with_stdin:
        threading.Thread(target=_wait_for_eof, args=(loop, stop), daemon=True).start()
    gateway, engine = _assemble(loop, options, carrier)
    first = Call("DescribeVpcs", {}, Scope("000000000000", options.region), "test")
    await asyncio.to_thread(engine.handle, first)  # moto creates its default network, in about 2 s
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.loglevel = os.environ["LOG_LEVEL"]
    config.graceful_timeout = GRACE_SECONDS
    app = cast("Framework", gateway)
    serving = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))
    stopping = asyncio.create_task(stop.wait())
    announcing = asyncio.create_task(_announce(listener.getsockname()[1]))
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    announcing.cancel()
    await asyncio.wait({serving}, timeout=2 * GRACE_SECONDS)
    if serving.done():
        serving.result()


def _assemble(
    loop: asyncio.AbstractEventLoop, options: argparse.Namespace, carrier: Carrier | None
) -> tuple[Gateway, Engine]:
    settings = Settings(
        attach_seconds=options.attach_seconds,
        detach_seconds=options.detach_seconds,
        instance_seconds=options.instance_seconds,
        ssm_agent_seconds=options.ssm_agent_seconds,
        throttle_scale=options.throttle_scale,
        launch_tag_events=options.launch_tag_events,
    )
    clock = Clock(options.clock_speed)
    alternatives = Alternatives()
    publish, guests = publisher(loop), _guests(carrier)
    nodes = Nodes(settings, clock.time, guests)
    engine = Engine(
        settings,
        alternatives,
        telling(nodes.note, publish),
        clock.time,
        auth=options.auth,
        follow=carrier.follow if carrier else None,
    )
    ssm = SystemsManager(
        settings=settings,
        publish=publish,
        clock=clock,
        nodes=nodes,
        guests=guests,
        faults=engine.faults,
        auth=options.auth,
    )
    hosts = Hosts(engine, carrier) if carrier else None
    calls = CallLog()
    _patch(clock, alternatives, engine, ssm)
    services = internals.original(internals.APP, "SERVICE_HANDLERS")
    services["ec2"] = Ec2Handler(engine)
    services["ssm"] = SsmHandler(ssm, services["ssm"])
    control = Control(settings, alternatives, calls, engine, nodes, Interruptions(), clock, hosts)
    return Gateway(control, calls), engine


def _patch(clock: Clock, alternatives: Alternatives, engine: Engine, ssm: SystemsManager) -> None:
    """Bring ministack nearer to AWS."""
    clock.install()
    lambdas.install(clock)
    executions.install(alternatives)
    access.install()
    ssm_access.install(ssm.actions)
    iam.install(alternatives)
    otherwise.install(alternatives)
    tagging_api.install(engine, alternatives)
    simulation.install()
    saved_queries.install()
    stacks.install()
    documents.install(ssm)
    metrics.install()
    alarms.install(clock)


def _guests(carrier: Carrier | None) -> Guests:
    """Return what runs in instances; without guests, in folders below the server's own."""
    if carrier:
        return EnteredGuests(carrier.words_into)
    return FolderGuests(Path(tempfile.gettempdir()) / "guests")


def _wait_for_eof(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    loop.call_soon_threadsafe(stop.set)


async def _announce(port: int) -> None:
    """Print the address once a request is answered."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(b"GET /_localcloud/settings HTTP/1.0\r\nHost: localhost\r\n\r\n")
    await reader.readline()
    writer.close()
    print(f"ready http://{HOST}:{port}", flush=True)


if __name__ == "__main__":
    main()
