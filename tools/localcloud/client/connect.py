"""boto3 clients of a local cloud, whatever the environment of the process says."""

from typing import Any

import boto3
from botocore.config import Config

from localcloud.client.environment import ACCOUNT, SECRET


def client(service: str, endpoint: str, region: str) -> Any:  # noqa: ANN401 - the caller names it
    """Return a client for ``service`` at ``endpoint``; no proxy stands between loopback and us."""
    session = boto3.Session(ACCOUNT, SECRET, region_name=region)
    return session.client(  # type: ignore[call-overload]
        service, endpoint_url=endpoint, config=Config(proxies={})
    )
