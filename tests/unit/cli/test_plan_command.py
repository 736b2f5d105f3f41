"""`dualhome plan`, as people and programs read it."""

import csv
import json
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest

from tests.support.builders.values import OTHER_ZONE, an_instance, an_interface
from tests.support.scenarios.scene import a_scene
from tests.support.scenarios.stack import PARAMETERS, InMemoryStack, a_stack, run

ELSEWHERE = "it is in us-east-1b, the instance in us-east-1a"


def test_what_would_be_attached_is_told_in_one_line() -> None:
    """The whole answer, if all is well."""
    done = run(a_stack(an_instance(), an_interface()), "plan", "i-01")

    assert 0 == done.exit_code
    assert [
        "i-01, t3.medium, running, vpc-0a in us-east-1a",
        "  mgmt: would attach eni-01 at index 1",
    ] == done.stdout.splitlines()


def test_what_cannot_be_had_is_told_with_its_reason_its_advice_and_what_was_rejected() -> None:
    """Somebody on call reads it and knows whom to call."""
    there = [an_interface(f"eni-0{number}", zone=OTHER_ZONE) for number in (1, 2)]

    done = run(
        a_stack(an_instance(), *there, an_interface("eni-03", status="in-use")), "plan", "i-01"
    )

    assert 1 == done.exit_code
    assert [
        "  mgmt: would wait: POOL_EMPTY: eni-03: it is in-use",
        "    Add interfaces to the pool, or wait until one is released.",
        "    3 interfaces rejected:",
        "          1 POOL_EMPTY            eni-03: it is in-use",
        f"          2 NO_INTERFACE_IN_ZONE  such as eni-02: {ELSEWHERE}",
    ] == done.stdout.splitlines()[1:]


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

    assert "    2000 interfaces rejected:" in done.stdout.splitlines()
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
    assert "    1 interface rejected, 1 promised above:" in done.stdout.splitlines()
    assert "3 instances: 1 would attach, 2 would wait" == done.stdout.splitlines()[-1]


def test_what_is_promised_above_is_told_of_those_who_get_one_too() -> None:
    """Otherwise a pool with 199 free interfaces looks empty from the second line on."""
    two = [an_instance("i-01"), an_instance("i-02")]
    stack = a_stack(*two, an_interface(), an_interface("eni-02"))

    done = run(stack, "plan", "i-01", "i-02")

    assert 0 == done.exit_code
    assert "    passed over: 1 POOL_EMPTY, 1 promised above" in done.stdout.splitlines()


def test_a_value_is_planned_as_if_the_tag_had_it() -> None:
    """Before anybody tags anything."""
    stack = a_stack(an_instance(targets=None), an_interface())

    done = run(stack, "plan", "i-01", "--targets", "mgmt@2")

    assert (0, True) == (done.exit_code, "mgmt@2: would attach eni-01 at index 2" in done.stdout)
    assert {} == stack.recorded.of(an_instance().id)


def test_a_malformed_value_is_told_with_what_was_expected() -> None:
    """In the words that the record would have."""
    done = run(a_stack(an_instance(), an_interface()), "plan", "i-01", "--targets", "mgmt@0")

    assert 1 == done.exit_code
    assert "*: would be refused: BAD_TAG: dualhome:targets='mgmt@0': expected NAME" in done.stdout
    assert "Correct the tag that the record names." in done.stdout


@dataclass(frozen=True)
class Brakes:
    """A client of DynamoDB's that knows the breaker's item alone."""

    item: dict[str, Any]

    def get_item(self, **asked: Any) -> dict[str, Any]:
        """Return the item, if that is what is asked for."""
        assert {"pk": {"S": "RELEASE_BREAKER"}, "sk": {"S": "SWEEP"}} == asked["Key"]
        return {"Item": self.item} if self.item else {}


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({}, "2 would release, 1 would keep what is unwanted"),
        (
            {"instances": {"SS": ["i-99"]}},
            "1 would release, 2 would keep what is unwanted",
        ),
        ({"held": {"BOOL": True}}, "3 would keep what is unwanted"),
    ],
)
def test_what_the_breaker_holds_is_counted(item: dict[str, Any], told: str) -> None:
    """Whoever asks about an empty tag on a whole group should hear what would happen."""
    group = [an_instance(f"i-{number:02}") for number in range(3)]
    scene = a_scene(*group, *(an_interface(f"eni-{number:02}") for number in range(3)))
    ids = [it.id for it in group]
    scene.request(*ids)
    scene.work_off()
    stack = InMemoryStack(
        ec2=scene.ec2,
        recorded=scene.ledger,
        clients={"dynamodb": Brakes(item)},
        parameters=PARAMETERS | {"MaxReleasesPerSweep": "2"},
    )

    done = run(stack, "plan", *ids, "--targets", "")

    assert (0, f"3 instances: {told}") == (done.exit_code, done.stdout.splitlines()[-1])
