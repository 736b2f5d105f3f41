"""How EC2's descriptions of instance types are read where EC2 does not say all."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from dualhome.adapters.ec2.instances import Ec2Instances
from dualhome.domain.ec2 import Capacity

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

NEW = "z9.large"
WHOLE = {"InstanceType": NEW, "NetworkInfo": {"MaximumNetworkInterfaces": 4}}


@pytest.fixture
def ec2() -> "EC2Client":
    """A client that is answered by the test alone."""
    return boto3.client("ec2", region_name="us-east-1")


@pytest.fixture
def stubbed(ec2: "EC2Client") -> Iterator[Stubber]:
    """What EC2 answers, in order."""
    with Stubber(ec2) as stubber:
        yield stubber


@pytest.mark.parametrize(
    "first",
    [[], [{"InstanceType": NEW}], [{"InstanceType": NEW, "NetworkInfo": {}}]],
    ids=["left out", "without a network", "without a number"],
)
def test_what_ec2_does_not_say_of_a_type_is_asked_again_and_never_taken_for_a_limit(
    first: list[dict[str, Any]], ec2: "EC2Client", stubbed: Stubber
) -> None:
    """A process lives for hours: what it remembered as unknown, or as none, would stay so."""
    instances = Ec2Instances(ec2)
    stubbed.add_response("describe_instance_types", {"InstanceTypes": first})
    stubbed.add_response("describe_instance_types", {"InstanceTypes": [WHOLE]})

    assert {} == instances.capacities([NEW])
    assert {NEW: Capacity({0: 4})} == instances.capacities([NEW])
    stubbed.assert_no_pending_responses()
