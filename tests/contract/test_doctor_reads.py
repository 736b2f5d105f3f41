"""What doctor reads of the release breaker and of sweeps is what the functions have written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.stub import Stubber

from dualhome.adapters.dynamodb.release_breaker import DynamoDbReleaseBreaker
from dualhome.adapters.dynamodb.sweep_checkpoint import DynamoDbSweepCheckpoints
from dualhome.domain.errors import AccessDeniedError
from dualhome.domain.pause import UNPAUSED
from dualhome.domain.sweep import SweepCheckpoint
from dualhome_cli.doctor.checks.queues import Controls, Sweeps, read_controls, sweeps
from dualhome_cli.stack import Stack
from tests.support.builders.values import ACCOUNT, INSTANCE, NOW
from tests.support.scenarios.stack import OUTPUTS, PARAMETERS
from tests.support.worlds.ledgers import ATTACHMENTS, tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MOST, EVERY = 20, timedelta(minutes=5)


@dataclass(frozen=True)
class ItsOwnStack(Stack):
    """A stack whose one client is the test's."""

    dynamodb: "DynamoDBClient"

    def client(self, _: str) -> "DynamoDBClient":
        """Return DynamoDB."""
        return self.dynamodb


@pytest.fixture
def stack() -> Iterator[ItsOwnStack]:
    """A stack whose tables are empty."""
    outputs = OUTPUTS | {"AttachmentsTableName": ATTACHMENTS}
    parameters = PARAMETERS | {"SweepSchedule": "rate(5 minutes)"}
    with tables() as client:
        yield ItsOwnStack(boto3.Session(), "it", ACCOUNT, "us-east-1", outputs, parameters, client)


def test_a_breaker_that_was_never_used_is_closed(stack: ItsOwnStack) -> None:
    """There is no item then."""
    assert Controls(pause=UNPAUSED, breaker_open=False, admitted=0, most=MOST) == read_controls(
        stack
    )


def test_a_breaker_says_which_instances_it_has_admitted_and_that_it_is_open(
    stack: ItsOwnStack,
) -> None:
    """The sweep writes it, and the reconciler."""
    breaker = DynamoDbReleaseBreaker(stack.dynamodb, ATTACHMENTS, MOST)
    breaker.admits(INSTANCE)
    breaker.open()

    assert Controls(pause=UNPAUSED, breaker_open=True, admitted=1, most=MOST) == read_controls(
        stack
    )


def test_a_breaker_that_may_not_be_read_fails_as_any_record_does(stack: ItsOwnStack) -> None:
    """One reader, and one way to fail."""
    with Stubber(stack.dynamodb) as stubber:
        stubber.add_client_error("get_item", "AccessDeniedException", "no")

        with pytest.raises(AccessDeniedError):
            read_controls(stack)


def test_the_last_sweep_is_the_one_that_was_written(stack: ItsOwnStack) -> None:
    """Its checkpoint has the time."""
    before = sweeps(stack, NOW, NOW)
    DynamoDbSweepCheckpoints(stack.dynamodb, ATTACHMENTS).write(SweepCheckpoint(NOW))

    assert Sweeps(EVERY, None, NOW, NOW) == before
    assert Sweeps(EVERY, NOW, NOW, NOW) == sweeps(stack, NOW, NOW)
