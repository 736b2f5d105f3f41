"""EC2's errors as the domain sorts them, through the real client."""

import pytest

from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.errors import (
    AccessDeniedError,
    CallerRefusedError,
    DualhomeError,
    InstanceStateError,
    InterfaceGoneError,
    InterfaceInUseError,
    InterfaceRefusedError,
    ThrottledError,
    UnavailableError,
    UnexpectedAwsError,
)
from dualhome.domain.identifiers import InstanceId, InterfaceId
from tests.support.builders.values import SLOT
from tests.support.worlds.local import LocalWorld

POOL = "dualhome:pool"
SECOND = DeviceSlot(0, 2)
NO_INSTANCE = InstanceId("i-0123456789abcdef0")
NOTHING = InterfaceId("eni-0123456789abcdef0")


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("RequestLimitExceeded", ThrottledError),
        ("InternalError", UnavailableError),
        ("Unavailable", UnavailableError),
        ("IncorrectState", InstanceStateError),
        ("UnauthorizedOperation", AccessDeniedError),
        ("InvalidNetworkInterface.NotFound", InterfaceGoneError),
        ("InvalidParameterValue", UnexpectedAwsError),
        ("SomethingUnheardOf", UnexpectedAwsError),
        ("PrivateIpAddressLimitExceeded", InterfaceRefusedError),
        ("SecurityGroupsPerInterfaceLimitExceeded", InterfaceRefusedError),
        ("NetworkInterfaceLimitExceeded", CallerRefusedError),
        ("PendingVerification", CallerRefusedError),
    ],
)
def test_an_error_of_ec2_keeps_its_code_and_words(
    local_world: LocalWorld, code: str, meaning: type[DualhomeError]
) -> None:
    """What we sort it as is our opinion; code and message are what the operator looks up."""
    message = "Never seen before: <eni-…>."
    instance, interface = local_world.instance(), local_world.interface()
    local_world.fail_next(code, message)

    with pytest.raises(DualhomeError) as refusal:
        local_world.interfaces.attach(instance, interface, SLOT)

    assert meaning is type(refusal.value)
    assert code == refusal.value.code
    assert refusal.value.message.endswith(message)


def test_the_two_meanings_of_one_code_are_distinguished_by_the_message(
    local_world: LocalWorld,
) -> None:
    """EC2 may say InvalidParameterValue for an interface in use, too."""
    instance, interface = local_world.instance(), local_world.interface()
    local_world.fail_next("InvalidParameterValue", f"Interface: [{interface}] in use.")

    with pytest.raises(InterfaceInUseError):
        local_world.interfaces.attach(instance, interface, SLOT)
