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


def test_an_update_that_is_taken_back_is_shown_with_the_first_failure() -> None:
    """CloudFormation names it in the middle of fifty lines."""
    result = run(deployed(CloudFormation(events=TAKEN_BACK)), "pause", "--yes")

    assert 3 == result.exit_code
    assert "rolled back. SweepAccountFunction: not authorized" in result.stderr
    assert "\x1b" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        ("UPDATE_IN_PROGRESS", "an update is running"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "an update is running"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name dualhome"),
        ("ROLLBACK_COMPLETE", "deploy it anew"),
        ("DELETE_FAILED", "deploy it anew"),
    ],
)
def test_a_stack_that_takes_no_update_is_shown_before_anybody_is_asked(
    status: str, advice: str
) -> None:
    """And with what to do first."""
    cloudformation = CloudFormation(status=status)

    result = run(deployed(cloudformation), "pause", "--yes")

    assert (3, []) == (result.exit_code, cloudformation.updates)
    assert status in result.stderr
    assert advice in result.stderr


@pytest.mark.parametrize("status", ["CREATE_FAILED", "UPDATE_FAILED", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_stack_that_failed_and_can_be_updated_can_be_paused(status: str) -> None:
    """A deployment that went wrong is a reason to pause."""
    cloudformation = CloudFormation(status=status)

    result = run(deployed(cloudformation), "pause", "--yes")

    assert (0, 1) == (result.exit_code, len(cloudformation.updates)), result.output


def test_a_stack_of_an_older_version_is_shown_apart() -> None:
    """It knows no pause."""
    cloudformation = CloudFormation(parameters={"TagPrefix": "dualhome"})

    result = run(deployed(cloudformation), "pause", "--yes")

    assert (3, []) == (result.exit_code, cloudformation.updates)
    assert "no parameter Paused" in result.stderr


def test_without_a_terminal_nothing_is_paused_unless_yes_is_said() -> None:
    """A pipe cannot answer."""
    cloudformation = CloudFormation()

    result = run(deployed(cloudformation), "pause", typed="y\n")

    assert (2, []) == (result.exit_code, cloudformation.updates)


def test_who_does_not_follow_is_left_at_once() -> None:
    """CloudFormation goes on by itself."""
    cloudformation = CloudFormation(events=())

    result = run(deployed(cloudformation), "pause", "--yes", "--no-follow")

    assert (0, 1) == (result.exit_code, len(cloudformation.updates))


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
        ("not a terminal", CloudFormation(), ["pause"]),
    ):
        said.run(title, deployed(cloudformation), *words)
    said.check()
