"""`python -m live`: try what dualhome believes of AWS in the account of the credentials."""

import argparse
import sys

import boto3
from rich.console import Console
from ulid import ULID

from live.beliefs import BELIEFS
from live.events import watch
from live.network import build
from live.output import as_json, print_table
from live.probe import Finding, try_beliefs
from live.probes.table import PROBES
from live.tagging import Run
from live.world import World


def main() -> int:
    """Return 0 if every belief that was probed held."""
    parser = argparse.ArgumentParser(prog="live", description=__doc__)
    parser.add_argument("--patience", type=float, default=120.0, metavar="SECONDS")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    wanted = parser.parse_args()
    session, run = boto3.Session(), Run(str(ULID()), "dualhome-live", "dualhome-live")
    findings = list(_find(session, run, wanted.patience))
    if wanted.json:
        sys.stdout.write(as_json(findings, run=run.id))
    else:
        print_table(Console(), findings)
    return 0


def _find(session: boto3.Session, run: Run, patience: float) -> list[Finding]:
    network = build(session.client("ec2"), run)
    world = World(session, run, network, watch(session, run), patience)
    return list(try_beliefs(BELIEFS, PROBES, world))


if __name__ == "__main__":
    sys.exit(main())
