"""The status tag: the same in memory and in the local EC2."""

from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from dualhome.adapters.ec2.status_tags import Ec2StatusTags
from dualhome.application.ports import StatusTags
from dualhome.domain.errors import AccessDeniedError, ThrottledError
from tests.support.builders.values import POLICY
from tests.support.fakes.publishers import InMemoryStatusTags
from tests.support.worlds.ec2 import Ec2World
from tests.support.worlds.in_memory import InMemoryWorld
from tests.support.worlds.local import LocalWorld

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY = POLICY.keys.status


@pytest.fixture
def tags(world: Ec2World) -> StatusTags:
    """Return the port on the same EC2."""
    match world:
        case InMemoryWorld():
            return InMemoryStatusTags(world.ec2)
        case LocalWorld():
            return Ec2StatusTags(world.client, KEY)
    raise TypeError(f"no tags in a {type(world)}")


def shown(world: Ec2World, instance: str) -> "Mapping[str, str]":
    """Return the tags of an instance, as a read shows them."""
    return dict(world.instances.describe([instance])[instance].tags)  # type: ignore[list-item,index]


def test_all_resources_get_the_same_status(world: Ec2World, tags: StatusTags) -> None:
    """Other tags stay as they are."""
    instances = [world.instance(tags={"Name": name}) for name in ("a", "b")]

    tags.write(instances, "mgmt=waiting")

    assert [
        {"Name": "a", KEY: "mgmt=waiting"},
        {"Name": "b", KEY: "mgmt=waiting"},
    ] == [shown(world, it) for it in instances]


def test_an_empty_status_takes_the_tag_off_and_no_other(world: Ec2World, tags: StatusTags) -> None:
    """Whatever it said; and where there was none, nothing happens."""
    one, other = (world.instance(tags={"Name": "a"}) for _ in range(2))
    tags.write([one], "mgmt=waiting")

    tags.write([one, other], "")

    assert [{"Name": "a"}, {"Name": "a"}] == [shown(world, it) for it in (one, other)]


@pytest.mark.parametrize("status", ["mgmt=waiting", ""])
def test_what_is_gone_is_skipped(world: Ec2World, tags: StatusTags, status: str) -> None:
    """EC2 refuses the whole call for it; the others are written."""
    there = world.instance(tags={"Name": "a"})
    tags.write([there], "mgmt=claimed")

    tags.write(["i-0fedcba9876543210", there, "eni-0fedcba9876543210"], status)
    tags.write(["i-0fedcba9876543210"], status)

    assert status == shown(world, there).get(KEY, "")


class Refusing:
    """EC2's client, which refuses calls about some resources; ``written`` are the others."""

    def __init__(self, **codes: str) -> None:
        self.codes = {name.replace("_", "-"): code for name, code in codes.items()}
        self.written: list[str] = []

    def create_tags(self, *, Resources: list[str], **_: object) -> None:  # noqa: N803 - boto3's own name
        """Refuse the whole call for one resource."""
        for resource in Resources:
            if code := self.codes.get(resource):
                raise ClientError({"Error": {"Code": code, "Message": "no"}}, "CreateTags")
        self.written += Resources


@pytest.mark.parametrize(
    ("codes", "error"),
    [
        ({"i_1": "UnauthorizedOperation"}, AccessDeniedError),
        ({"i_1": "UnauthorizedOperation", "i_3": "RequestLimitExceeded"}, ThrottledError),
    ],
)
def test_what_may_be_written_is_written_and_the_rest_is_reported(
    codes: dict[str, str], error: type[Exception]
) -> None:
    """Time may cure both; a throttle is raised first, since time surely does."""
    ec2 = Refusing(**codes)

    with pytest.raises(error):
        Ec2StatusTags(cast("Any", ec2), KEY).write(["i-1", "i-2", "i-3"], "mgmt=waiting")

    assert "i-2" in ec2.written
    assert not {name.replace("_", "-") for name in codes} & {*ec2.written}


def test_a_resource_with_too_many_tags_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    """Neither time nor another try helps: the log and the doctor say so, and sweeps try again."""
    ec2 = Refusing(i_1="TagLimitExceeded")

    Ec2StatusTags(cast("Any", ec2), KEY).write(["i-1", "i-2"], "mgmt=waiting")

    assert ["i-2"] == ec2.written
    assert "status not written" in caplog.text
