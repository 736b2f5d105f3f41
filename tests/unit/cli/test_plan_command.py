"""`dualhome plan`, as people and programs read it."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest

from dualhome.domain.errors import UnexpectedAwsError
from dualhome.domain.identifiers import InstanceId
from dualhome_cli.data.ports import BreakerState
from tests.support.builders.values import OTHER_ZONE, POLICY, an_instance, an_interface
from tests.support.scenarios.scene import Scene, a_scene
from tests.support.scenarios.stack import PARAMETERS, InMemoryStack, a_stack, run
from tests.unit.cli.transcript import Transcript


def test_verbose_names_each_rejected_interface() -> None:
    """Those who look for one address must find it."""
    there = [an_interface(f"eni-0{number}", zone=OTHER_ZONE) for number in range(1, 6)]

    done = run(a_stack(an_instance(), *there), "plan", "i-01", "--verbose")

    assert all(f"      {it.id} NO_INTERFACE_IN_ZONE: it is in" in done.stdout for it in there)


def test_a_pool_of_two_thousand_fits_on_a_screen() -> None:
    """The answer to a wait must not scroll away."""
    pool = [an_interface(f"eni-{number:04}", zone=OTHER_ZONE) for number in range(1990)]
    others = [an_interface(f"eni-{number:04}", status="in-use") for number in range(1990, 2000)]

    done = run(a_stack(an_instance(), *pool, *others), "plan", "i-01")

    assert "    2000 interfaces skipped:" in done.stdout.splitlines()
    assert len(done.stdout.splitlines()) < 10


def test_json_and_csv_have_every_rejected_interface_and_their_number() -> None:
    """Programs group for themselves, whichever of the two they read."""
    stack = a_stack(an_instance(), an_interface(zone=OTHER_ZONE))

    (as_json,) = json.loads(run(stack, "plan", "i-01", "-o", "json").stdout)
    (as_csv,) = csv.DictReader(StringIO(run(stack, "plan", "i-01", "-o", "csv").stdout))

    assert ("refuse", "NO_INTERFACE_IN_ZONE") == (as_json["prospect"], as_json["reason"])
    assert ["eni-01"] == [it["interface"] for it in as_json["rejections"]]
    assert '{"NO_INTERFACE_IN_ZONE": 1}' == as_csv["rejected"]
    assert as_json["rejections"] == json.loads(as_csv["rejections"])


def test_many_instances_are_summed_up() -> None:
    """Of forty, who would wait is the question."""
    three = [an_instance(f"i-0{number}") for number in (1, 2, 3)]

    done = run(a_stack(*three, an_interface()), "plan", "i-03", "i-01", "i-02", "i-01")

    assert 1 == done.exit_code
    assert ["i-03", "i-01", "i-02"] == [
        line.split(",")[0] for line in done.stdout.splitlines() if line.startswith("i-")
    ]


def test_a_value_is_planned_as_if_the_tag_had_it() -> None:
    """Before anybody tags anything."""
    stack = a_stack(an_instance(targets=None), an_interface())

    done = run(stack, "plan", "i-01", "--targets", "mgmt@2")

    assert (0, True) == (done.exit_code, "mgmt@2: would attach eni-01 at index 2" in done.stdout)
    assert {} == stack.recorded.of(an_instance().id)


@pytest.mark.parametrize(
    ("breaker", "totals"),
    [
        (BreakerState(), "2 would release, 1 would keep although unwanted"),
        (
            BreakerState(admitted=frozenset({InstanceId("i-99")})),
            "1 would release, 2 would keep although unwanted",
        ),
        (BreakerState(open=True), "3 would keep although unwanted"),
    ],
)
def test_what_the_breaker_defers_is_counted(breaker: BreakerState, totals: str) -> None:
    """An operator who plans an empty tag for a whole group sees what would happen."""
    group = [an_instance(f"i-{number:02}") for number in range(3)]
    scene = a_scene(*group, *(an_interface(f"eni-{number:02}") for number in range(3)))
    ids = [it.id for it in group]
    scene.request(*ids)
    scene.work_off()
    stack = InMemoryStack(
        ec2=scene.ec2,
        recorded=scene.ledger,
        breaker_state=breaker,
        parameters=PARAMETERS | {"MaxReleasesPerSweep": "2"},
    )

    done = run(stack, "plan", *ids, "--targets", "")

    assert (0, f"3 instances: {totals}") == (done.exit_code, done.stdout.splitlines()[-1])


def test_a_plan_says_what_would_be_done_and_why() -> None:
    """An operator on call reads it and knows whom to call."""
    said = Transcript("plan")
    said.run("attach", a_stack(an_instance(), an_interface()), "plan", "i-01")
    full = [
        *(an_interface(f"eni-0{number}", zone=OTHER_ZONE) for number in (1, 2)),
        an_interface("eni-03", status="in-use"),
    ]
    stack = a_stack(an_instance(), *full)
    said.run("wait", stack, "plan", "i-01")
    said.run("each skipped interface", stack, "plan", "i-01", "--verbose")
    said.run("a malformed value", stack, "plan", "i-01", "--targets", "mgmt@0")
    said.run("nothing wanted", stack, "plan", "i-01", "--targets", "")
    said.run("an unknown instance", stack, "plan", "i-0dead")
    excluded = a_stack(an_instance(tags={"dualhome:ignore": ""}), an_interface())
    said.run("excluded", excluded, "plan", "i-01")
    two = [an_instance("i-01"), an_instance("i-02"), an_instance("i-03")]
    stack = a_stack(*two, an_interface(), an_interface("eni-02"))
    said.run("several", stack, "plan", "i-01", "i-02", "i-03")
    said.run("no instance", stack, "plan")
    for title, scene in releases():
        stack = InMemoryStack(ec2=scene.ec2, recorded=scene.ledger, parameters=TEN_SECONDS)
        said.run(title, stack, "plan", "i-01")
    said.check()


TEN_SECONDS = PARAMETERS | {"ReleaseDelaySeconds": "10"}


def releases() -> Iterator[tuple[str, Scene]]:
    """Yield deployments whose instance has an attachment, and what is planned for it."""
    for title in ("attached", "release", "release pending", "refused by EC2", "refused, and due"):
        policy = replace(POLICY, release_delay=timedelta(seconds=10))
        scene = a_scene(an_instance(), an_interface(), policy=policy)
        if title.startswith("refused"):
            scene.calls.fail_next("attach", UnexpectedAwsError("No.", code="UnheardOf"))
        scene.request()
        if title.startswith("refused"):
            due = scene.record().retry_at
            scene.clock.advance(
                (due - scene.clock()).total_seconds() if due and "," in title else 0
            )
        else:
            scene.work_off()
        if "release" in title:
            scene.ec2.tag(an_instance().id, {"dualhome:targets": ""})
        if title == "release pending":
            scene.request(event="event-2")
        yield title, scene
