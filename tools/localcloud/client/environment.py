"""What a client needs in its environment to talk to the local cloud, and to nothing else."""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

ACCOUNT = "111122223333"
SECRET = "test"  # noqa: S105 - the administrator's, where policies are enforced
REGION = "us-east-1"


def client_environment(endpoint: str, region: str = REGION) -> dict[str, str]:
    """Return the variables that point AWS SDKs and the AWS CLI at ``endpoint``."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCOUNT,  # the local cloud takes a 12-digit key for its account
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def without_aws(environment: Mapping[str, str]) -> dict[str, str]:
    """Return ``environment`` without profiles, credentials and endpoints of real accounts."""
    return {name: value for name, value in environment.items() if not name.startswith("AWS_")}


def bound_to(endpoint: str, region: str = REGION) -> dict[str, str]:
    """Return this process's environment, bound to the local cloud, for a child process."""
    proxies = {name: _past_proxies(os.environ.get(name)) for name in ("NO_PROXY", "no_proxy")}
    return without_aws(os.environ) | proxies | client_environment(endpoint, region)


def write_env_file(path: Path, endpoint: str, region: str) -> None:
    """
    Write shell lines for ``source``: bash, zsh and dash read them alike.

    The commands installed beside this Python come last on PATH: the shell keeps its own pip.
    """
    lines = [
        "# Binds this shell to the local cloud: `source` it, then use any AWS client.",
        "for name in $(env | sed -n 's/^\\(AWS_[A-Z0-9_]*\\)=.*/\\1/p'); do unset \"$name\"; done",
        'export NO_PROXY="127.0.0.1${NO_PROXY:+,$NO_PROXY}"',
        'export no_proxy="127.0.0.1${no_proxy:+,$no_proxy}"',
        f'export PATH="$PATH":{shlex.quote(str(Path(sys.executable).parent))}',
        *(f'export {key}="{value}"' for key, value in client_environment(endpoint, region).items()),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _past_proxies(hosts: str | None) -> str:
    return ",".join(filter(None, ("127.0.0.1", hosts)))
