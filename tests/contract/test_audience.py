"""Who hears of alarms, as SNS lists it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dualhome_cli.doctor.facts import Audience
from tests.support.scenarios.stack import OUTPUTS, InMemoryStack

TOPIC = "arn:aws:sns:us-east-1:111122223333:alarms"


@dataclass(frozen=True, slots=True)
class Sns:
    """SNS with a topic of these subscriptions, by what stands for their ARNs."""

    arns: tuple[str, ...]

    def get_paginator(self, _: str) -> "Sns":
        """Return what lists subscriptions."""
        return self

    def paginate(self, *, TopicArn: str) -> list[Mapping[str, Any]]:  # noqa: N803 - AWS's spelling
        """Return a page for each."""
        assert TopicArn == TOPIC
        return [{"Subscriptions": [{"SubscriptionArn": arn}]} for arn in self.arns]


def audience(*arns: str) -> Audience:
    """Return what is read of a topic."""
    outputs = OUTPUTS | {"AlarmTopicArn": TOPIC}
    return InMemoryStack(outputs=outputs, clients={"sns": Sns(arns)}).audience()


def test_who_has_confirmed_hears_and_who_has_not_is_waited_for() -> None:
    """SNS writes a word where the ARN of a subscription would stand."""
    assert Audience(1, 2) == audience(f"{TOPIC}:1", "PendingConfirmation", "PendingConfirmation")


def test_who_has_left_is_not_waited_for() -> None:
    """SNS may list a deleted subscription for a while."""
    assert Audience(1, 0) == audience("Deleted", f"{TOPIC}:1")
