"""The checkup says what it could not read, never ends half-way, and exits with the worst."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from dualhome.domain.errors import AccessDeniedError, ThrottledError
from dualhome_cli.commands.doctor import EXIT_CODES
from dualhome_cli.doctor.check import Check, Remark, Severity, error, in_short, note, warning
from dualhome_cli.errors import CommandError
from tests.support.scenarios.stack import OUTPUTS, PARAMETERS, InMemoryStack, run

MADE = OUTPUTS | {"AlarmTopicArn": "arn:aws:sns:us-east-1:111122223333:alarms"}
DEPLOYED = PARAMETERS | {
    "AuditRetentionDays": "0",
    "MaxReleasesPerSweep": "20",
    "PoolLowWater": "2",
    "SweepSchedule": "rate(5 minutes)",
}


class Refusing:
    """A client of any service to whom everything is refused."""

    def __init__(self, refusal: Exception) -> None:
        self._refusal = refusal

    def __getattr__(self, name: str) -> object:
        """Return a call, or a paginator's, that is refused when it is made."""
        return self if name in {"paginate", "get_paginator"} else self._refuse

    def __call__(self, *_: object, **__: object) -> "Refusing":
        """Be a paginator, or its pages."""
        return self

    def __iter__(self) -> Iterator[Any]:
        """Read the first page."""
        self._refuse()
        return iter(())

    def _refuse(self, **_: object) -> None:
        raise self._refusal


def a_stack(code: str) -> InMemoryStack:
    """Return a stack of which nothing may be asked."""
    return refusing(ClientError({"Error": {"Code": code, "Message": "no"}}, "AnyCall"))


def refusing(refusal: Exception) -> InMemoryStack:
    """Return a stack of which nothing is answered, but so."""
    services = "cloudformation cloudwatch dynamodb ec2 events iam lambda scheduler sns sqs"
    clients = {service: Refusing(refusal) for service in [*services.split(), "service-quotas"]}
    return InMemoryStack(parameters=DEPLOYED, outputs=MADE, clients=clients)


def findings(judged: Remark | Exception) -> list[tuple[Severity, str]]:
    """Return what a check finds that judges so, or whose read fails."""

    def read(_: object) -> Remark:
        if isinstance(judged, Exception):
            raise judged
        return judged

    check = Check("a check", read, lambda it: [it] if it.what else [], "All is well.")
    return [(it.severity, it.what) for it in check.findings(object())]


def test_a_check_that_finds_nothing_says_that_all_is_well() -> None:
    """Silence could as well mean that it was not made."""
    assert [(Severity.OK, "All is well.")] == findings(note(""))


def test_a_check_that_finds_something_says_that_alone() -> None:
    """Its name stands beside it."""
    assert [(Severity.WARNING, "low")] == findings(warning("low", "Fill it."))


@pytest.mark.parametrize(
    "refusal",
    [
        ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeRule"),
        ClientError({"Error": {"Code": "AuthorizationError", "Message": "no"}}, "DescribeRule"),
        AccessDeniedError("DescribeRule: UnauthorizedOperation: no", code="UnauthorizedOperation"),
    ],
)
def test_what_the_operator_may_not_ask_is_a_note_that_names_the_call(refusal: Exception) -> None:
    """A narrow role is no fault of the stack's."""
    ((severity, what),) = findings(refusal)

    assert Severity.NOTE is severity
    assert what.startswith("could not be checked")
    assert "DescribeRule" in what


@pytest.mark.parametrize(
    "refusal",
    [
        ClientError({"Error": {"Code": "ValidationError", "Message": "odd"}}, "DescribeRule"),
        ThrottledError("DescribeRule: Throttling: odd", code="Throttling"),
        EndpointConnectionError(endpoint_url="https://odd.amazonaws.com"),
    ],
)
def test_what_could_not_be_asked_for_other_reasons_is_a_warning(refusal: Exception) -> None:
    """It may hide an error."""
    ((severity, what),) = findings(refusal)

    assert Severity.WARNING is severity
    assert "odd" in what


def test_a_stack_of_an_older_version_is_examined_as_far_as_it_goes() -> None:
    """An operator who updates the command first reads what to do, not a traceback."""
    stack = InMemoryStack(parameters={})

    with pytest.raises(CommandError) as caught:
        stack.parameter("PoolLowWater")

    said = "Stack dualhome has no parameter PoolLowWater: deploy this version first."
    assert [(Severity.WARNING, said)] == findings(caught.value)


def test_nothing_may_be_asked_and_still_every_check_has_its_say() -> None:
    """No traceback, whatever an operator's role lacks."""
    result = run(a_stack("AccessDenied"), "doctor", "--ledger", "-o", "json")

    rows = json.loads(result.stdout)
    assert 0 == result.exit_code, result.stderr
    assert {"note"} == {row["severity"] for row in rows if row["check"] != "quota"}
    assert {"rules", "dead-letters", "permissions", "pools", "ledger"} <= {
        it["check"] for it in rows
    }


def test_a_service_that_cannot_be_reached_does_not_end_the_checkup() -> None:
    """The others answer, and one of them may say why."""
    stack = refusing(EndpointConnectionError(endpoint_url="https://scheduler"))

    result = run(stack, "doctor", "--ledger", "-o", "json")

    rows = json.loads(result.stdout)
    assert 1 == result.exit_code, result.stderr
    assert {"warning"} == {row["severity"] for row in rows if row["check"] != "quota"}
    assert {"rules", "schedule", "pools", "ledger"} <= {row["check"] for row in rows}


def test_the_ledger_is_read_only_when_asked_for() -> None:
    """It costs two reads for each instance."""
    result = run(a_stack("AccessDenied"), "doctor", "-o", "csv")

    assert "ledger" not in result.stdout
    assert result.stdout.startswith("check,severity,what,remedy,subjects,details,instances,")


def test_the_exit_code_says_the_worst() -> None:
    """A script need not read the findings."""
    result = run(a_stack("InternalFailure"), "doctor")

    assert 1 == result.exit_code
    assert [0, 0, 1, 4] == [EXIT_CODES[it] for it in Severity]


def test_severities_are_ordered_from_best_to_worst() -> None:
    """The worst of several is the greatest."""
    remarks = [warning("w", "r"), error("e", "r"), note("n")]

    assert Severity.ERROR is max((it.severity for it in remarks), key=lambda it: it.rank)


def test_a_long_list_is_cut_and_its_rest_counted() -> None:
    """A finding stays readable when ten thousand instances share it."""
    assert "a, b" == in_short(["a", "b"], most=2)
    assert "a, b and 1 more" == in_short(["a", "b", "c"], most=2)
