"""Who may put messages on which queue, and how they are kept."""

import pytest

from tests.support.readers.template import Json, resources

QUEUES = resources("SQS::Queue")
RULES = resources("Events::Rule")


def queue_policy(queue: str) -> dict[str, Json]:
    """Return the statements of the policy of ``queue``, by their effect."""
    (policy,) = (
        it for it in resources("SQS::QueuePolicy").values() if f"${{{queue}}}" in it["Queues"]
    )
    return {it["Effect"]: it for it in policy["PolicyDocument"]["Statement"]}


@pytest.mark.parametrize("queue", ["ChangesQueue", "RuleDeadLetterQueue"])
def test_a_queue_of_events_accepts_exactly_our_rules(queue: str) -> None:
    """Another rule of the account could wake us with anything; ours must all get through."""
    allow = queue_policy(queue)["Allow"]

    assert allow["Principal"] == {"Service": "events.amazonaws.com"}
    assert allow["Action"] == "sqs:SendMessage"
    assert sorted(allow["Condition"]["ArnEquals"]["aws:SourceArn"]) == sorted(
        f"${{{rule}.Arn}}" for rule in RULES
    )


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_is_encrypted_at_rest_and_on_the_way(queue: str) -> None:
    """Messages name instances and VPCs."""
    deny = queue_policy(queue)["Deny"]

    assert QUEUES[queue]["SqsManagedSseEnabled"] is True
    assert (deny["Principal"], deny["Action"]) == ("*", "sqs:*")
    assert deny["Resource"] in {"*", f"${{{queue}.Arn}}"}
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
