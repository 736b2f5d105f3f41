"""What a run makes and costs, said before anything is made."""

import os

from live.account import Account
from live.network import APPLICATION_CIDR, INSTANCE_TYPE, MOST_INSTANCES, POOL_SIZE, TARGET_CIDR
from live.tagging import RUN_TAG, STACK

PRICES_OF = "us-east-1, November 2026"
INSTANCE_HOUR = 0.0052
STACK_HOURS = 2
VOLUME_HOUR = 8 * 0.08 / 730  # 8 GB of gp3
STACK_HOUR = (6.40 + 7.80 + 7.50) / 730
"""Alarms, dashboard, key and metrics; a metric is billed by the hour in which it is written."""


def plan(account: Account) -> str:
    """Return the text that a person reads before typing the account's id."""
    an_hour = INSTANCE_HOUR + VOLUME_HOUR
    instances = MOST_INSTANCES * an_hour
    stack = STACK_HOURS * STACK_HOUR
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    where = f"account {account.id}, Region {account.region}" + (
        f", at {endpoint}" if endpoint else ""
    )
    return f"""\
This makes in {where}, as {account.arn}:

  - 2 VPCs ({APPLICATION_CIDR}, {TARGET_CIDR}) with a subnet each in one zone; no gateway, no
    public address;
  - at most {MOST_INSTANCES} instances, {INSTANCE_TYPE}, one or two at a time, for minutes;
  - {POOL_SIZE} pool interfaces, and some that probes make;
  - the stack `{STACK}` of this checkout's template, with the tag prefix `{STACK}`;
  - an S3 bucket for the stack's code, a rule and a queue that watch events;
  - for single probes: IAM roles below the path /{STACK}/, a table, a state machine.

All of it carries the tag `{RUN_TAG}`, and all of it is removed in the end. AWS takes its time
with one thing: the key of the stack's alarms, which is gone seven days later and costs nothing
until then. The rule sees events of other resources, too; they are read and dropped.

List prices of {PRICES_OF}; yours may differ:
  {MOST_INSTANCES} instances with a volume x 1 hour x ${an_hour:.4f} = ${instances:.2f}
  alarms, metrics, dashboard, key x {STACK_HOURS} hours x ${STACK_HOUR:.3f} = ${stack:.2f}
  requests, logs and storage: cents
That is a dollar or less. A run takes about half an hour.
"""
