"""An event about a VPC's tags: whom it may concern."""

import json

import pytest

from dualhome.application.requests import CapacityChange
from dualhome.entrypoints.messages import Scope, parse_message
from tests.support.builders.values import ACCOUNT, POLICY
from tests.support.readers.template import ROOT

PLACE = Scope(ACCOUNT, "us-east-1", POLICY.keys)
SAMPLE = json.loads((ROOT / "events/vpc-allow-from-continued.json").read_text(encoding="utf-8"))


def requeued(target: str | None) -> list[str]:
    """Return the targets whose instances are requeued for an event that shows this tag."""
    tags = {key: it for key, it in SAMPLE["detail"]["tags"].items() if key != POLICY.keys.target}
    announced = tags if target is None else tags | {POLICY.keys.target: target}
    event = SAMPLE | {"detail": SAMPLE["detail"] | {"tags": announced}}
    return [
        it.target
        for it in parse_message(json.dumps(event), PLACE)
        if isinstance(it, CapacityChange)
    ]


def test_a_list_that_goes_on_requeues_those_who_lack_the_vpcs_target() -> None:
    """They may be the ones who were just let in."""
    assert ["mgmt"] == requeued(SAMPLE["detail"]["tags"][POLICY.keys.target])


@pytest.mark.parametrize(
    ("target", "expected"),
    [(" mgmt ", ["mgmt"]), ("mgmt@1", ["mgmt"]), ("mgmt data", ["data", "mgmt"]), ("", [])],
)
def test_a_malformed_target_concerns_the_targets_it_must_be_meant_for(
    target: str, expected: list[str]
) -> None:
    """They are announced what is wrong with it."""
    assert expected == requeued(target)
    assert [] == requeued(None)
