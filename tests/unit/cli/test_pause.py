"""`dualhome pause` and `resume`: one parameter of the stack, and nothing else."""

import pytest

from tests.support.scenarios.stack import InMemoryStack, run
from tests.unit.cli.cloudformation import PARAMETERS, TAKEN_BACK, CloudFormation
from tests.unit.cli.transcript import Transcript


def deployed(cloudformation: CloudFormation) -> InMemoryStack:
    """Return the stack that a command finds."""
    return InMemoryStack(clients={"cloudformation": cloudformation}, parameters=PARAMETERS)


def test_a_pause_changes_one_parameter_and_keeps_all_else() -> None:
    """Template, other parameters and capabilities are those of the last deployment."""
    cloudformation = CloudFormation()

    result = run(deployed(cloudformation), "pause", "--yes")

    assert 0 == result.exit_code, result.output
    (update,) = cloudformation.updates
    assert update["UsePreviousTemplate"] is True
    assert [
        {"ParameterKey": "TagPrefix", "UsePreviousValue": True},
        {"ParameterKey": "Paused", "ParameterValue": "true"},
        {"ParameterKey": "SweepSchedule", "UsePreviousValue": True},
    ] == update["Parameters"]
    assert ["CAPABILITY_AUTO_EXPAND", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"] == update[
        "Capabilities"
    ]
    assert {"Tags", "RoleARN", "TemplateBody"}.isdisjoint(update)


def test_the_update_is_followed_to_its_end_from_its_own_beginning() -> None:
    """Not events of earlier updates; and the end of a stack within the stack is not the end."""
    result = run(deployed(CloudFormation()), "pause", "--yes")

    assert "12:00:03  ReconcileInstancesFunction  UPDATE_COMPLETE" in result.stdout
    assert "12:00:05  SweepAccountFunction  UPDATE_COMPLETE" in result.stdout
    assert "CREATE_COMPLETE" not in result.stdout
    assert result.stdout.endswith("Stack dualhome is paused.\n")


def test_resume_is_the_way_back() -> None:
    """It says when what was left undone is done."""
    cloudformation = CloudFormation(parameters=PARAMETERS | {"Paused": "true"})

    result = run(deployed(cloudformation), "resume", "--yes")

    assert (0, "false") == (result.exit_code, cloudformation.parameters["Paused"])
    assert "rate(5 minutes)" in result.stdout
    assert result.stdout.endswith("Stack dualhome is not paused.\n")


@pytest.mark.parametrize(("command", "value"), [("pause", "true"), ("resume", "false")])
def test_what_is_so_already_is_said_and_is_no_error(command: str, value: str) -> None:
    """The command may be given twice, without a terminal too."""
    cloudformation = CloudFormation(parameters=PARAMETERS | {"Paused": value})

    result = run(deployed(cloudformation), command)

    assert (0, []) == (result.exit_code, cloudformation.updates)
    assert "already" in result.stdout


@pytest.mark.parametrize("status", ["CREATE_FAILED", "UPDATE_FAILED", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_stack_that_failed_and_can_be_updated_can_be_paused(status: str) -> None:
    """A deployment that went wrong is a reason to pause."""
    cloudformation = CloudFormation(status=status)

    result = run(deployed(cloudformation), "pause", "--yes")

    assert (0, 1) == (result.exit_code, len(cloudformation.updates)), result.output


def test_a_pause_says_what_it_does_and_what_cloudformation_reports() -> None:
    """And a resume; and why there is none."""
    said = Transcript("pause")
    resumed = {**PARAMETERS, "Paused": "true"}
    for title, cloudformation, words in (
        ("pause", CloudFormation(), ["pause", "--yes"]),
        ("pause without waiting", CloudFormation(), ["pause", "--yes", "--no-follow"]),
        ("paused already", CloudFormation(parameters=dict(resumed)), ["pause", "--yes"]),
        ("resume", CloudFormation(parameters=dict(resumed)), ["resume", "--yes"]),
        ("rolled back", CloudFormation(events=TAKEN_BACK), ["pause", "--yes"]),
        ("an update runs", CloudFormation(status="UPDATE_IN_PROGRESS"), ["pause", "--yes"]),
        ("no update taken", CloudFormation(status="ROLLBACK_COMPLETE"), ["pause", "--yes"]),
        ("half rolled back", CloudFormation(status="UPDATE_ROLLBACK_FAILED"), ["pause", "--yes"]),
        ("an older stack", CloudFormation(parameters={"TagPrefix": "x"}), ["pause", "--yes"]),
        ("deletion failed", CloudFormation(status="DELETE_FAILED"), ["pause", "--yes"]),
        ("not a terminal", CloudFormation(), ["pause"]),
    ):
        result = said.run(title, deployed(cloudformation), *words)
        assert len(cloudformation.updates) == (title in UPDATED)
        assert "\x1b" not in result.output
    said.check()


UPDATED = {"pause", "pause without waiting", "resume", "rolled back"}
