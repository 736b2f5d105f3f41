"""Which instances Systems Manager knows, and since when."""

from urllib.error import HTTPError

import pytest

from tests.integration.localcloud.cloud import eventually, refusal
from tests.integration.localcloud.ssm.managed import ManagedLab

AN_HOUR = 3600  # a minute here


def delay(account: ManagedLab, seconds: float) -> None:
    """Let agents need so long."""
    account.cloud.control("PUT", "settings", {"ssm_agent_seconds": seconds})


def test_an_instance_that_runs_is_described(account: ManagedLab) -> None:
    """With the facts that a caller decides by."""
    instance = account.managed()

    (found,) = account.ssm.describe_instance_information()["InstanceInformationList"]

    assert (
        found.items()
        >= {
            "InstanceId": instance,
            "PingStatus": "Online",
            "AgentVersion": "3.3.3572.0",
            "PlatformType": "Linux",
            "ResourceType": "EC2Instance",
        }.items()
    )


def test_an_agent_is_known_some_time_after_its_instance_runs(account: ManagedLab) -> None:
    """Until then a command is refused: `running` does not mean managed."""
    delay(account, AN_HOUR)
    instance = account.managed()
    account.document("true")

    early = account.ping(instance), refusal(lambda: account.send(instance))
    delay(account, 1)

    assert early == (
        None,
        (
            "InvalidInstanceId",
            f"Instances [[{instance}]] not in a valid state for account {account.account}",
        ),
    )
    assert eventually(lambda: account.ping(instance) == "Online")


def test_an_instance_without_an_agent_is_never_known(account: ManagedLab) -> None:
    """No agent, or no permission for it: Systems Manager cannot tell one from the other."""
    instance = account.managed()
    account.document("true")
    account.agent(instance, installed=False)

    assert account.ping(instance) is None
    assert refusal(lambda: account.send(instance))[0] == "InvalidInstanceId"


def test_an_agent_that_does_not_respond_has_lost_its_connection(account: ManagedLab) -> None:
    """One that never did is not known at all."""
    known = account.managed()
    account.agent(known, responding=False)
    delay(account, AN_HOUR)
    silent = account.managed()
    account.agent(silent, responding=False)
    delay(account, 0)

    assert (account.ping(known), account.ping(silent)) == ("ConnectionLost", None)
    account.agent(silent, responding=True)
    assert account.ping(silent) == "Online"


def test_a_stop_loses_the_connection_and_a_start_restores_it(account: ManagedLab) -> None:
    """After as long as at the first start."""
    instance = account.managed()
    account.document("true")

    account.ec2.stop_instances(InstanceIds=[instance])
    assert eventually(lambda: account.shown_instance(instance)["State"]["Name"] == "stopped")
    stopped = account.ping(instance), refusal(lambda: account.send(instance))[0]
    delay(account, AN_HOUR)
    account.ec2.start_instances(InstanceIds=[instance])
    assert eventually(lambda: account.shown_instance(instance)["State"]["Name"] == "running")
    starting = account.ping(instance)
    delay(account, 0)

    assert stopped == ("ConnectionLost", "InvalidInstanceId")
    assert (starting, account.ping(instance)) == ("ConnectionLost", "Online")


def test_a_terminated_instance_is_forgotten(account: ManagedLab) -> None:
    """Its id never comes back."""
    instance = account.managed()
    account.ec2.terminate_instances(InstanceIds=[instance])

    assert eventually(lambda: account.ping(instance) is None)


def test_instances_are_found_by_filters(account: ManagedLab) -> None:
    """Of both forms that the API has."""
    first, second = account.managed(), account.managed()
    account.agent(second, responding=False)
    describe = account.ssm.describe_instance_information

    def found(**asked: object) -> list[str]:
        return sorted(it["InstanceId"] for it in describe(**asked)["InstanceInformationList"])

    assert found() == sorted([first, second])
    assert found(Filters=[{"Key": "PingStatus", "Values": ["Online"]}]) == [first]
    older = [{"key": "InstanceIds", "valueSet": [second, "i-00000000000000000"]}]
    assert found(InstanceInformationFilterList=older) == [second]
    filters = [{"Key": "tag:Name", "Values": ["x"]}]
    assert refusal(describe, Filters=filters)[0] == "InvalidFilterKey"


def test_instances_come_in_pages(account: ManagedLab) -> None:
    """Of ten, unless the caller says otherwise."""
    subnet = account.subnet()
    launched = {account.instance(subnet) for _ in range(12)}
    pages = account.ssm.get_paginator("describe_instance_information").paginate()

    sizes, found = [], set()
    for page in pages:
        sizes.append(len(page["InstanceInformationList"]))
        found |= {it["InstanceId"] for it in page["InstanceInformationList"]}

    assert (sizes, found) == ([10, 2], launched)


@pytest.mark.parametrize(
    ("instance", "fields"),
    [
        (None, {"installed": True}),
        ("known", {"instaled": True}),
        ("known", {"version": 3}),
        ("known", {"version": "3"}),
    ],
)
def test_an_order_about_an_agent_that_cannot_be_is_refused(
    account: ManagedLab, instance: str | None, fields: dict[str, object]
) -> None:
    """A misspelt order would leave the test that gives it without its subject."""
    named = account.managed() if instance else "i-00000000000000000"

    with pytest.raises(HTTPError, match="400"):
        account.agent(named, **fields)
