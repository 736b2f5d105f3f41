"""Checks of the stack: what is well, which alarms are errors, and what is simulated."""

import pytest

from dualhome.domain.status import StatusScope
from dualhome.domain.tags import TagKeys
from dualhome_cli.doctor.check import Severity
from dualhome_cli.doctor.checks import limits, permissions, stack
from dualhome_cli.doctor.checks.stack import Alarms
from dualhome_cli.doctor.facts import Alarm, Interfaces, Part
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


def test_the_remedy_is_what_the_alarm_itself_advises() -> None:
    """An operator who has only installed the command has no other page."""
    (remark,) = stack.alarms(raised("StuckAlarm"))

    assert "dualhome status --attention." == remark.remedy


def test_an_alarm_about_what_another_check_calls_a_warning_is_one() -> None:
    """A pause is no defect because CloudWatch has seen it, too."""
    found = {name: remark.severity for name in stack.MEANT for remark in stack.alarms(raised(name))}

    assert dict.fromkeys(stack.MEANT, Severity.WARNING) == found


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
