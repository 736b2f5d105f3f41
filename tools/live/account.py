"""The account that a run is for, as its credentials show it."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3


class NotBegunError(Exception):
    """A run does not begin, and has made nothing; the message says why and what to do."""


@dataclass(frozen=True)
class Account:
    """
    Account and Region, and the caller as STS names it.

    ``client``: the client of a service, with the caller's credentials; each is made once.
    """

    session: boto3.Session
    id: str
    arn: str
    region: str
    client: Callable[[str], Any]


def of_credentials(region: str | None) -> Account:
    """
    Return the account of the credentials that AWS tools find.

    Raises:
        NotBegunError: no Region is named.
        botocore.exceptions.BotoCoreError, ClientError: no credentials, or they are not valid.
    """
    session = boto3.Session(region_name=region)
    if session.region_name is None:
        raise NotBegunError("No Region: name one with --region, or in AWS_REGION.")
    client: Callable[[str], Any] = functools.cache(session.client)
    caller = client("sts").get_caller_identity()
    return Account(session, caller["Account"], caller["Arn"], session.region_name, client)
