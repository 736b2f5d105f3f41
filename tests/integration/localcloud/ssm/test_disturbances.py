"""Faults and interruptions hit Systems Manager as they hit EC2; the call log knows its calls."""

from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from tests.integration.localcloud.cloud import refusal
from tests.integration.localcloud.ssm.managed import ManagedLab


def order(account: ManagedLab, code: str, **more: Any) -> None:
    """Order a fault of SendCommand."""
    fault = {"action": "SendCommand", "error_code": code, "message": "Rate exceeded", **more}
    account.cloud.control("POST", "faults", [fault])


def sent(account: ManagedLab) -> int:
    """Return how many commands there are."""
    return len(account.ssm.list_commands()["Commands"])


@pytest.mark.parametrize(("after", "commands"), [(False, 0), (True, 1)])
def test_a_fault_refuses_a_call_or_loses_its_reply(
    account: ManagedLab, *, after: bool, commands: int
) -> None:
    """SendCommand has no token: a caller that repeats it runs the script twice."""
    instance = account.managed()
    account.document("true")
    order(account, "ThrottlingException", after_execution=after)

    refused = refusal(lambda: account.send(instance))

    assert refused == ("ThrottlingException", "Rate exceeded")
    assert sent(account) == commands
    account.send(instance)


def test_a_fault_may_wait_for_one_instance(account: ManagedLab) -> None:
    """It names the members of the request as EC2's wire does."""
    first, second = account.managed(), account.managed()
    account.document("true")
    order(account, "InternalServerError", match={"InstanceIds.1": second})

    account.send(first)

    assert refusal(lambda: account.send(second))[0] == "InternalServerError"


def test_an_interruption_meets_the_call(account: ManagedLab) -> None:
    """By its service and action, as the call log has them."""
    instance = account.managed()
    account.document("true")
    met = {"service": "ssm", "action": "SendCommand", "about": instance}
    account.cloud.control("POST", "interruptions", [{"do": "cut", "when": "after", **met}])

    with pytest.raises(ConnectionClosedError):
        account.send(instance)

    account.cloud.control("DELETE", "interruptions")
    assert sent(account) == 1


def test_calls_are_logged_by_their_names(account: ManagedLab) -> None:
    """Those on parameters too, which are ministack's."""
    since = account.cloud.control("GET", "calls")["next"]
    account.ssm.put_parameter(Name="a", Value="b", Type="String")
    value = account.ssm.get_parameter(Name="a")["Parameter"]["Value"]
    instance = account.managed()
    refusal(lambda: account.send(instance))

    calls = account.cloud.control("GET", f"calls?since={since}")["calls"]

    ours = [
        (it["action"], it["resources"], it["outcome"], it["mutating"])
        for it in calls
        if (it["service"], it["account"]) == ("ssm", account.account)
    ]
    assert value == "b"
    assert ours == [
        ("PutParameter", [], "ok", True),
        ("GetParameter", [], "ok", False),
        ("SendCommand", [instance], "InvalidDocument", True),
    ]
