"""
EC2 refuses an attach with each of its codes: retried, planned anew, or failed in its words.

Each pool has two interfaces: the second is tried if the refusal may be about the first, else not.
"""

from collections.abc import Mapping

import pytest
from botocore.exceptions import ClientError

from dualhome.adapters.aws_errors import meaning
from tests.support.deployed.faults.runs import Run, Survived, prepare, survive
from tests.support.deployed.faults.stack import rests
from tests.support.deployed.world import World
from tests.support.samples import sampled

CLIENT_TRIES = 3

SERVER = dict.fromkeys(
    (
        "InternalError",
        "InternalFailure",
        "ServerInternal",
        "ServiceUnavailable",
        "Unavailable",
        "InsufficientAddressCapacity",
    ),
    500,
)
TRANSIENT = SERVER | {"RequestLimitExceeded": 503, "EC2ThrottledException": 503}
"""A later try may succeed; the SDK has made its own."""

STALE = {
    "InvalidInstanceID.NotFound": "The instance ID does not exist",
    "InvalidNetworkInterfaceID.NotFound": "The networkInterface ID does not exist",
    "InvalidNetworkInterface.NotFound": "The networkInterface ID does not exist",
    "InvalidNetworkInterface.InUse": "Interface: [eni] in use.",
    "InvalidAttachmentID.NotFound": "The network interface attachment ID does not exist",
    "InvalidParameterValue": "Instance already has an interface attached at device index '1'.",
    "IncorrectState": "Instance is not 'running' or 'stopped'",
    "IncorrectInstanceState": "Instance is not 'running' or 'stopped'",
}
"""The plan rested on what is so no more, or not yet."""

FOR_GOOD = {
    "DryRunOperation": "Request would have succeeded, but DryRun flag is set.",
    "IdempotentParameterMismatch": "the token has been used",
    "InsufficientFreeAddressesInSubnet": "no free address",
    "InvalidAttachment.NotFound": "a volume's",
    "InvalidGroup.NotFound": "You have specified two resources that belong to different networks.",
    "InvalidNetworkInterfaceAttachmentId.Malformed": "Invalid id",
    "InvalidNetworkInterfaceId.Malformed": "Invalid id",
    "InvalidParameter": "Security group and subnet belong to different networks.",
    "InvalidParameterCombination": "You may not attach a network interface to an instance if they"
    " are not in the same availability zone",
    "InvalidParameterDependency": "one needs another",
    "InvalidSecurityGroupID.NotFound": "no such group",
    "InvalidSubnetID.NotFound": "no such subnet",
    "NetworkInterfaceLimitExceeded": "too many in the Region",
    "OperationNotPermitted": "You are not allowed to manage 'ela-attach' attachments.",
    "PrivateIpAddressLimitExceeded": "too many addresses",
    "SecurityGroupsPerInterfaceLimitExceeded": "too many groups",
    "TagLimitExceeded": "too many tags",
    "UnsupportedOperation": "not here",
}
WHATEVER_THE_INTERFACE = {"NetworkInterfaceLimitExceeded", "TagLimitExceeded"}
"""What is about the account, or about tags: the second interface would be refused as well."""

DENIED = {
    "AuthFailure": "AWS was not able to validate the provided access credentials",
    "UnauthorizedOperation": "You are not authorized to perform this operation. <&>",
}
"""For a minute after the tag, the permission may not know of it."""

LIMIT = "AttachmentLimitExceeded"


def seam(code: str) -> str:
    """Return what is alike: codes that mean the same error to the reconciler."""
    answer = {
        "Error": {"Code": code, "Message": (STALE | FOR_GOOD | DENIED).get(code, "")},
        "ResponseMetadata": {"HTTPStatusCode": TRANSIENT.get(code, 400)},
    }
    return type(meaning(ClientError(answer, "Attach"))).__name__  # type: ignore[arg-type]


IN_THE_END, NEVER, NOT_ALLOWED = (
    sampled(codes, seam) for codes in ([*TRANSIENT, *STALE], FOR_GOOD, DENIED)
)
ALL = [*IN_THE_END, *NEVER, *NOT_ALLOWED, LIMIT]


@pytest.fixture(scope="module")
def refused(world: World) -> Mapping[str, Survived]:
    """One run for each code."""

    def go(code: str, run: Run) -> None:
        message = (STALE | FOR_GOOD | DENIED).get(code, "An error on order.")
        times = CLIENT_TRIES if code in TRANSIENT else 1 if code in STALE else 1000
        order = {"code": code, "status": TRANSIENT.get(code, 400), "message": message}
        run.interrupt(do="error", action="AttachNetworkInterface", times=times, **order)
        run.ask()

    # A sweep would try again what has failed.
    return survive("attach refused", prepare(world, ALL, interfaces=2), go, rests)


@pytest.mark.parametrize("code", IN_THE_END)
def test_what_time_or_another_plan_can_solve_is_attached_in_the_end(
    refused: Mapping[str, Survived], code: str
) -> None:
    """No alarm is raised for it."""
    it = refused[code]

    assert it.broken == []
    assert it.met >= 1
    assert it.state == "attached"


@pytest.mark.parametrize("code", NEVER)
def test_what_neither_can_solve_fails_in_ec2s_own_words_and_holds_nothing(
    refused: Mapping[str, Survived], code: str
) -> None:
    """The reader of the record must be able to search for the words."""
    it = refused[code]
    tried = 1 if code in WHATEVER_THE_INTERFACE else len(it.run.pool)

    assert it.broken == []
    assert it.met == tried
    assert (it.state, it.record["reason"]) == ("failed", "EC2_REFUSED")
    assert {"code": code, "message": FOR_GOOD[code]} == it.record["failure"]
    remembered = {one["interface"]: one["code"] for one in it.record.get("refusals", [])}
    assert remembered == ({} if tried == 1 else dict.fromkeys(it.run.pool, code))


@pytest.mark.parametrize("code", NOT_ALLOWED)
def test_a_missing_permission_is_waited_for_and_walks_no_pool(
    refused: Mapping[str, Survived], code: str
) -> None:
    """IAM sees a new tag late; one that is missing for good would be missed for each interface."""
    it = refused[code]

    assert it.broken == []
    assert it.met >= 1  # on a fast clock, the minute may be over by the second try
    assert (it.record["attempt"], it.record.get("refusals", [])) == (1, [])
    assert (it.state, it.record["reason"]) == ("failed", "EC2_REFUSED")
    assert {"code": code, "message": DENIED[code]} == it.record["failure"]


def test_an_instance_that_is_full_is_refused(refused: Mapping[str, Survived]) -> None:
    """Trying again would not make it larger."""
    it = refused[LIMIT]

    assert it.broken == []
    assert (it.state, it.record["reason"]) == ("refused", "INSTANCE_LIMIT")
