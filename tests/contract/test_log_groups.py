"""Logs: who may write which, and for how long they are kept."""

from tests.support.offenders import offenders
from tests.support.readers.template import Json, granted, resources

FUNCTIONS = resources("Serverless::Function")
(ROLLBACK,) = resources("Serverless::StateMachine").values()
LOG_GROUPS = resources("Logs::LogGroup")


def test_only_the_state_machine_s_logs_may_be_delivered_by_log_deliveries() -> None:
    """These actions know no narrower resource, so no function may have them."""
    delivering = {role for role, _, _ in granted("", "logs:CreateLogDelivery")}

    assert delivering == {"RollbackRole"}


def test_failed_rollbacks_are_logged_without_what_they_carry() -> None:
    """The ledger holds the facts; the log says which run failed, and forgets it in time."""
    logging = ROLLBACK["Logging"]
    (destination,) = logging["Destinations"]
    group = destination["CloudWatchLogsLogGroup"]["LogGroupArn"].removesuffix(".Arn}")[2:]

    assert (logging["Level"], logging["IncludeExecutionData"]) == ("ERROR", False)
    assert LOG_GROUPS[group]["LogGroupName"].startswith("/aws/vendedlogs/states/")
    assert int(LOG_GROUPS[group]["RetentionInDays"]) > 0


def test_a_function_writes_to_a_log_group_of_ours_which_forgets() -> None:
    """A group that Lambda makes by itself keeps logs for ever."""

    def facts(function: Json) -> dict[str, bool]:
        group = function["LoggingConfig"]["LogGroup"].strip("${}")
        role = function["Role"].removeprefix("${").removesuffix(".Arn}")
        writable = {arn for who, arn, _ in granted("", "logs:PutLogEvents") if who == role}
        return {
            f"{role} writes to {group} alone": writable == {f"${{{group}.Arn}}"},
            f"{group} forgets": int(LOG_GROUPS[group]["RetentionInDays"]) > 0,
        }

    assert {} == offenders(FUNCTIONS, facts)
