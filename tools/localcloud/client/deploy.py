"""Build a template and deploy it to a local cloud with the SAM CLI, as one would to an account."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from localcloud.client.connect import client
from localcloud.client.environment import bound_to

TAIL_LINES = 30
ARTIFACTS_BUCKET = "localcloud-artifacts"
POLL_SECONDS = "0.2"  # the SAM CLI asks every 5 s by default


class DeployError(Exception):
    """The SAM CLI failed; the message ends with the last lines it said."""


def deploy(
    template: Path,
    stack_name: str,
    parameters: Mapping[str, str],
    *,
    endpoint: str,
    region: str,
    log: Path,
    caller: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """
    Build and deploy ``template``, and return the stack's outputs.

    What has not changed since the last build is not built again, and a stack that would not
    change stays as it is. What the SAM CLI says goes to ``log``. ``caller`` are the variables of
    credentials other than the administrator's.

    Raises:
        DeployError: the build or the deployment failed.
    """
    _create_bucket(endpoint, region)
    folder = template.resolve().parent
    with _building_alone(folder), log.open("wb") as words:
        sam = partial(
            _run_sam, folder, words, _sam_environment(endpoint, region) | dict(caller or {})
        )
        sam("build", "--cached", "--parallel", "--template", template.name)
        sam("deploy", *_deploy_options(stack_name, parameters))
    (stack,) = client("cloudformation", endpoint, region).describe_stacks(StackName=stack_name)[
        "Stacks"
    ]
    return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}


def _create_bucket(endpoint: str, region: str) -> None:
    """CloudFormation reads code in its own Region only, and us-east-1 may not be named."""
    place = {"LocationConstraint": region}
    words = {} if region == "us-east-1" else {"CreateBucketConfiguration": place}
    s3 = client("s3", endpoint, region)
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=ARTIFACTS_BUCKET, **words)


def _run_sam(
    folder: Path, words: BinaryIO, environment: Mapping[str, str], *arguments: str
) -> None:
    done = subprocess.run(
        [_sam(folder), *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=words,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        lines = Path(words.name).read_text(encoding="utf-8", errors="replace").splitlines()
        head = f"`sam {arguments[0]}` failed; the end of {words.name}:"
        raise DeployError("\n".join((head, *lines[-TAIL_LINES:])))


def _sam_environment(endpoint: str, region: str) -> dict[str, str]:
    return bound_to(endpoint, region) | {
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": POLL_SECONDS,
        # A layer's build runs pip: that of this Python, wherever the shell's PATH leads.
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
    }


def _deploy_options(stack_name: str, parameters: Mapping[str, str]) -> list[str]:
    words = ["--stack-name", stack_name, "--no-resolve-s3", "--s3-bucket", ARTIFACTS_BUCKET]
    words += ["--s3-prefix", stack_name]
    words += ["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"]
    if parameters:
        named = (f'{key}="{value}"' for key, value in parameters.items())
        words += ["--parameter-overrides", *named]
    return words


def _sam(folder: Path) -> str:
    own = folder / ".local" / "venvs" / "sam" / "bin" / "sam"
    if found := str(own) if own.exists() else shutil.which("sam"):
        return found
    raise DeployError("the SAM CLI is not installed: run `make sam`")


@contextmanager
def _building_alone(folder: Path) -> Iterator[None]:
    builds = folder / ".aws-sam"
    builds.mkdir(exist_ok=True)
    with (builds / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
