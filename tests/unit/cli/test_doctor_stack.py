"""Each check of the stack is silent about what is well, and names what is not."""

import pytest

from dualhome.domain.status import StatusScope
from dualhome.domain.tags import TagKeys
from dualhome_cli.doctor.check import Severity
from dualhome_cli.doctor.checks import limits, permissions, stack
from dualhome_cli.doctor.checks.stack import Alarms
from dualhome_cli.doctor.facts import Alarm, Audience, Decision, Interfaces, Part
from tests.support.readers.template import load_observability, of_kind


def raised(logical_id: str, name: str = "an-alarm", *, young: bool = False) -> Alarms:
    """Return one alarm, raised."""
    why, description = "Threshold Crossed: 1 datapoint", "Meant. Next: dualhome status --attention."
    return Alarms([Alarm(logical_id, name, why, description)], young)


def test_what_is_enabled_and_active_is_well() -> None:
    """Else the operator learns to look away."""
    enabled, active = [Part("A", "a", "enabled")], [Part("F", "f", "active", "successful")]

    assert [] == list(stack.rules(enabled))
    assert [] == list(stack.schedules(enabled))
    assert [] == list(stack.sources(enabled))
    assert [] == list(stack.functions(active))


def test_a_disabled_rule_is_an_error_with_the_command_that_enables_it() -> None:
    """Its events are lost from now on."""
    (remark,) = stack.rules([Part("InstanceTagsRule", "stack-tags", "disabled")])

    assert Severity.ERROR is remark.severity
    assert "InstanceTagsRule" in remark.what
    assert "aws events enable-rule --name stack-tags" == remark.remedy


@pytest.mark.parametrize("check", [stack.rules, stack.schedules, stack.sources])
def test_what_is_missing_cannot_be_enabled_and_is_deployed_again(check: object) -> None:
    """A user has deleted it."""
    (remark,) = check([Part("A", "a", "")])  # type: ignore[operator]

    assert "missing" in remark.what
    assert "Deploy the stack again." == remark.remedy


@pytest.mark.parametrize(
    ("part", "severity"),
    [
        (Part("F", "f", ""), Severity.ERROR),
        (Part("F", "f", "failed", why="no such layer"), Severity.ERROR),
        (Part("F", "f", "active", "failed", "role is gone"), Severity.ERROR),
        (Part("F", "f", "inactive"), Severity.NOTE),
    ],
)
def test_a_function_that_cannot_run_is_named_with_what_lambda_says(
    part: Part, severity: Severity
) -> None:
    """Inactive is what weeks of quiet make of it: the next call wakes it."""
    (remark,) = stack.functions([part])

    assert severity is remark.severity
    assert part.why in remark.what


@pytest.mark.parametrize(
    ("status", "severities"),
    [
        ("UPDATE_COMPLETE", []),
        ("UPDATE_IN_PROGRESS", [Severity.NOTE]),
        ("UPDATE_ROLLBACK_FAILED", [Severity.ERROR]),
    ],
)
def test_the_stack_s_status_is_judged(status: str, severities: list[Severity]) -> None:
    """A stack that failed half-way is half old and half new."""
    assert severities == [it.severity for it in stack.stack_status(status)]


def test_a_raised_alarm_is_an_error_in_cloudwatch_s_words() -> None:
    """CloudWatch has seen it before us."""
    (remark,) = stack.alarms(raised("StuckAlarm", "dualhome-stuck"))

    assert Severity.ERROR is remark.severity
    assert "dualhome-stuck" in remark.what
    assert "Threshold Crossed" in remark.what


def test_the_remedy_is_what_the_alarm_itself_advises() -> None:
    """An operator who has only installed the command has no other page."""
    (remark,) = stack.alarms(raised("StuckAlarm"))

    assert "dualhome status --attention." == remark.remedy


@pytest.mark.parametrize("name", sorted(stack.MEANT))
def test_an_alarm_about_what_another_check_calls_a_warning_is_one(name: str) -> None:
    """A pause is no defect because CloudWatch has seen it, too."""
    (remark,) = stack.alarms(raised(name))

    assert Severity.WARNING is remark.severity


@pytest.mark.parametrize(("young", "severity"), [(True, Severity.NOTE), (False, Severity.ERROR)])
def test_no_sweep_is_no_error_before_three_could_be(*, young: bool, severity: Severity) -> None:
    """A stack that was made a minute ago has raised this alarm by having no data."""
    (silent,) = stack.alarms(raised(stack.SILENT, young=young))
    (other,) = stack.alarms(raised("StuckAlarm", young=young))

    assert [severity, Severity.ERROR] == [silent.severity, other.severity]


def test_the_alarms_known_by_name_are_those_of_the_template() -> None:
    """A renamed one would be an error again."""
    named = of_kind(load_observability(), "CloudWatch::Alarm")

    assert {*stack.MEANT, stack.SILENT} <= named.keys()


def test_alarms_without_a_subscriber_are_named() -> None:
    """SNS sends nothing before a subscriber has confirmed."""
    (silent,) = stack.audience(Audience(confirmed=0, pending=0))
    (pending,) = stack.audience(Audience(confirmed=1, pending=1))

    assert [Severity.NOTE, Severity.WARNING] == [silent.severity, pending.severity]
    assert [] == list(stack.audience(Audience(confirmed=1, pending=0)))


def test_a_denied_action_is_an_error_that_says_who_denies_it() -> None:
    """A policy of the organization cannot be corrected by a deployment."""
    by_role, by_organization = permissions.permissions(
        [
            Decision("ARole", "ec2:AttachNetworkInterface", allowed=False),
            Decision("BRole", "ec2:CreateTags", allowed=False, by_organization=True),
            Decision("CRole", "ec2:DescribeVpcs", allowed=True),
        ]
    )

    assert "ARole may not ec2:AttachNetworkInterface" in by_role.what
    assert "Deploy" in by_role.remedy
    assert "organization" in by_organization.what
    assert "administrators" in by_organization.remedy


def test_the_tags_of_this_deployment_are_what_is_simulated() -> None:
    """Another prefix makes other condition keys."""
    keys = {key for need in permissions.needs(TagKeys("net"), "eu-west-1") for key in need.context}

    assert {"aws:ResourceTag/net:pool", "aws:ResourceTag/net:targets"} <= keys


@pytest.mark.parametrize(
    ("scope", "kinds"),
    [
        (StatusScope.BOTH, {"instance/*", "network-interface/*"}),
        (StatusScope.INTERFACE, {"network-interface/*"}),
        (StatusScope.NONE, set()),
    ],
)
def test_no_permission_is_missed_that_the_deployment_does_not_give(
    scope: StatusScope, kinds: set[str]
) -> None:
    """Who writes no status tags may not tag, and need not."""
    needs = permissions.needs(TagKeys(), "eu-west-1", scope)

    assert kinds == {it.resource for it in needs if it.role == "WriteStatusRole"}


def test_where_no_role_was_simulated_nothing_is_claimed() -> None:
    """A stack of another version may name its roles differently."""
    (remark,) = permissions.permissions([])

    assert Severity.NOTE is remark.severity
    assert "nothing was simulated" in remark.what


def test_every_call_is_simulated_in_its_region() -> None:
    """Where an organization denies all other Regions, a call without one seems denied."""
    needs = permissions.needs(TagKeys("dualhome"), "eu-west-1")

    assert {"eu-west-1"} == {it.context.get("aws:RequestedRegion") for it in needs}


@pytest.mark.parametrize(
    ("count", "severity"),
    [(799, Severity.OK), (800, Severity.WARNING), (1000, Severity.ERROR)],
)
def test_a_zone_near_its_quota_is_a_warning_and_a_full_one_an_error(
    count: int, severity: Severity
) -> None:
    """EC2 launches no instance in a full one either."""
    (remark,) = limits.interface_quota(Interfaces({"us-east-1a": count}, quota=1000))

    assert severity is remark.severity
    assert f"us-east-1a: {count} of 1000 interfaces" == remark.what


def test_a_quota_that_cannot_be_read_is_said_and_aws_s_default_taken() -> None:
    """A guess is marked as one."""
    full, said = limits.interface_quota(Interfaces({"us-east-1a": 5000}, quota=None))

    assert [Severity.ERROR, Severity.NOTE] == [full.severity, said.severity]
