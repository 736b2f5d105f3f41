"""The topic that alarms tell: who may write to it, who reads it, and that nothing is in its way."""

import re

import pytest

from tests.support.readers.template import Json, load, load_observability, of_kind

STACK = load_observability()
(TOPIC,) = of_kind(STACK, "SNS::Topic").values()
(KEY,) = of_kind(STACK, "KMS::Key").values()
(POLICY,) = of_kind(STACK, "SNS::TopicPolicy").values()
SUBSCRIPTIONS = {name: it for name, it in STACK["Resources"].items() if "Subscription" in name}
CLOUDWATCH = {"Service": "cloudwatch.amazonaws.com"}


def statements(policy: Json, effect: str) -> list[Json]:
    """Return the statements of a policy that allow, or deny."""
    return [it for it in policy["Statement"] if it["Effect"] == effect]


def test_only_the_stack_s_own_alarms_may_publish() -> None:
    """A message there pages the operator on call."""
    (allowed,) = statements(POLICY["PolicyDocument"], "Allow")

    assert allowed["Principal"] == CLOUDWATCH
    assert allowed["Action"] == "sns:Publish"
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:dualhome-*"},
    }


def test_nothing_goes_there_without_tls() -> None:
    """Ids of instances are not for others."""
    (denied,) = statements(POLICY["PolicyDocument"], "Deny")

    assert denied["Principal"] == "*"
    assert "sns:Publish" in denied["Action"]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_alarms_can_publish_under_the_topic_s_key() -> None:
    """Else CloudWatch drops each message, and the alarm looks as if it had been sent."""
    grants = [it for it in statements(KEY["KeyPolicy"], "Allow") if it["Principal"] == CLOUDWATCH]

    assert TOPIC["KmsMasterKeyId"] == "${AlarmKey}"
    assert [{"kms:Decrypt", "kms:GenerateDataKey*"}] == [set(it["Action"]) for it in grants]
    assert not any("Condition" in it for it in grants)  # which CloudWatch fulfils, AWS does not say


@pytest.mark.parametrize(
    ("name", "parameter", "protocol"),
    [
        ("AlarmEmailSubscription", "AlarmEmail", "email"),
        ("AlarmEndpointSubscription", "AlarmEndpoint", "https"),
    ],
)
def test_a_subscriber_is_a_parameter_that_may_be_empty(
    name: str, parameter: str, protocol: str
) -> None:
    """SNS refuses an empty endpoint, and the stack with it."""
    given = load_observability(**{parameter: "given"})
    properties = given["Resources"][name]["Properties"]

    assert f"Has{parameter}" == SUBSCRIPTIONS[name]["Condition"]
    assert STACK["Conditions"][f"Has{parameter}"] == {"Fn::Not": [{"Fn::Equals": ["", ""]}]}
    assert given["Conditions"][f"Has{parameter}"] == {"Fn::Not": [{"Fn::Equals": ["given", ""]}]}
    assert (properties["Protocol"], properties["Endpoint"]) == (protocol, "given")
    assert properties["TopicArn"] == "${AlarmTopic}"


@pytest.mark.parametrize(
    ("parameter", "value", "taken"),
    [
        ("AlarmEmail", "", True),
        ("AlarmEmail", "ops@example.com", True),
        ("AlarmEmail", "ops", False),
        ("AlarmEmail", "a@example.com b@example.com", False),
        ("AlarmEndpoint", "", True),
        ("AlarmEndpoint", "https://events.example.com/x?key=1", True),
        ("AlarmEndpoint", "http://events.example.com", False),
        ("AlarmEndpoint", "events.example.com", False),
    ],
)
def test_an_address_that_sns_would_refuse_is_refused_at_once(
    parameter: str,
    value: str,
    taken: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    """A deployment that fails half-way is rolled back as a whole."""
    pattern = load()["Parameters"][parameter]["AllowedPattern"]

    assert taken == bool(re.search(pattern, value))


def test_every_parameter_of_the_stack_within_is_given_and_explained() -> None:
    """One that is missing fails the deployment; one too many is dead."""
    given = load()["Resources"]["Observability"]["Properties"]["Parameters"]

    assert list(given) == list(STACK["Parameters"])
    assert all(it["Description"].endswith(".") for it in STACK["Parameters"].values())
