"""Build a template and deploy it to a local cloud with the SAM CLI, as one would to an account."""

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from localcloud.client.connect import client
from localcloud.client.environment import bound_to
from sam_command.run import building_alone, run_sam

ARTIFACTS_BUCKET = "localcloud-artifacts"
POLL_SECONDS = "0.2"  # the SAM CLI asks every 5 s by default


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
        SamError: the build or the deployment failed.
    """
    _create_bucket(endpoint, region)
    folder = template.resolve().parent
    environment = _sam_environment(endpoint, region) | dict(caller or {})
    with building_alone(folder), log.open("wb") as words:
        sam = partial(run_sam, folder, words, environment)
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


def _sam_environment(endpoint: str, region: str) -> dict[str, str]:
    return bound_to(endpoint, region) | {"SAM_CLI_POLL_DELAY": POLL_SECONDS}


def _deploy_options(stack_name: str, parameters: Mapping[str, str]) -> list[str]:
    words = ["--stack-name", stack_name, "--no-resolve-s3", "--s3-bucket", ARTIFACTS_BUCKET]
    words += ["--s3-prefix", stack_name]
    words += ["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"]
    if parameters:
        named = (f'{key}="{value}"' for key, value in parameters.items())
        words += ["--parameter-overrides", *named]
    return words
