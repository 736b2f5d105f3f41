"""Build this checkout's template and deploy it as the run's stack, from a bucket of its own."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from live.account import Account
from live.tagging import Run, bucket_prefix
from sam_command.run import building_alone, run_sam

PARAMETERS = {
    "ReleaseDelaySeconds": "1",
    "LogRetentionDays": "1",
}
"""What differs from the defaults: the run waits less, and nothing is kept."""


def make_bucket(account: Account, run: Run) -> str:
    """Create the bucket, with the run's tag; us-east-1 may not be named as a place."""
    name = bucket_prefix(account.id, account.region) + run.id[-10:].lower()
    place = {"LocationConstraint": account.region}
    words = {} if account.region == "us-east-1" else {"CreateBucketConfiguration": place}
    s3 = account.client("s3")
    s3.create_bucket(Bucket=name, **words)
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": run.tags()})
    return name


def deploy(account: Account, run: Run, folder: Path, log: BinaryIO, lock: int) -> Mapping[str, str]:
    """
    Deploy, and return the stack's outputs.

    ``lock``: a descriptor that the SAM CLI holds open, so that it is known to run still if this
    process is killed.

    Raises:
        SamError: it failed; the message ends with its last lines.
    """
    bucket = make_bucket(account, run)
    environment = os.environ | {"AWS_DEFAULT_REGION": account.region, "AWS_REGION": account.region}
    parameters = PARAMETERS | {"TagPrefix": run.prefix}
    with building_alone(folder):
        run_sam(folder, log, environment, "build", "--cached", "--parallel", keep_open=(lock,))
        run_sam(
            folder,
            log,
            environment,
            *("deploy", "--stack-name", run.stack, "--no-resolve-s3", "--s3-bucket", bucket),
            *("--no-confirm-changeset", "--no-progressbar"),
            *("--tags", *(f"{it['Key']}={it['Value']}" for it in run.tags())),
            *("--parameter-overrides", *(f"{key}={value}" for key, value in parameters.items())),
            keep_open=(lock,),
        )
    return outputs(account, run)


def outputs(account: Account, run: Run) -> Mapping[str, str]:
    """Return what the stack tells of itself."""
    formation = account.client("cloudformation")
    (stack,) = formation.describe_stacks(StackName=run.stack)["Stacks"]
    return {it["OutputKey"]: it["OutputValue"] for it in stack.get("Outputs", [])}
