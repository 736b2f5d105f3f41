"""Two installations get along: two stacks in one Region, and one stack's name in two Regions."""

from collections.abc import Iterator

from tests.support.readers.template import Json, of_kind, parsed, resources

TEMPLATES = ("template.yaml", "observability.yaml")
NAMES = ("AlarmName", "DashboardName", "LogGroupName", "Name")


def _named() -> Iterator[tuple[str, str]]:
    for template in TEMPLATES:
        for logical_id, it in parsed(template)["Resources"].items():
            properties: Json = it.get("Properties", {})
            yield from ((logical_id, properties[name]) for name in NAMES if name in properties)


def test_every_name_of_ours_has_the_stacks_name_in_it() -> None:
    """The second stack would find it taken, and be rolled back."""
    named = list(_named())

    assert len(named) > 30
    assert [] == [(resource, name) for resource, name in named if "StackName}" not in name]


def test_schedules_are_named_by_cloudformation() -> None:
    """SAM names a schedule after its function, the same in each stack, unless told not to."""
    events = [event for it in resources("Serverless::Function").values() for event in _events(it)]

    assert [True] == [
        it["Properties"].get("OmitName") for it in events if it["Type"] == "ScheduleV2"
    ]


def test_the_dashboard_is_named_after_its_region_too() -> None:
    """Dashboards are global (CloudWatch User Guide, "Using Amazon CloudWatch dashboards")."""
    (dashboard,) = of_kind(parsed("observability.yaml"), "CloudWatch::Dashboard").values()

    assert "${StackName}-${AWS::Region}" == dashboard["DashboardName"]


def _events(function: Json) -> list[Json]:
    return list(function.get("Events", {}).values())
