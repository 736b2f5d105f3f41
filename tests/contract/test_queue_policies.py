"""Who may put messages on which queue, and how they are kept."""

from tests.support.offenders import offenders
from tests.support.readers.template import Json, resources

QUEUES = resources("SQS::Queue")
RULES = resources("Events::Rule")


def queue_policy(queue: str) -> dict[str, Json]:
    """Return the statements of the policy of ``queue``, by their effect."""
    (policy,) = (
        it for it in resources("SQS::QueuePolicy").values() if f"${{{queue}}}" in it["Queues"]
    )
    return {it["Effect"]: it for it in policy["PolicyDocument"]["Statement"]}


def test_a_queue_of_events_accepts_exactly_our_rules() -> None:
    """Another rule of the account could send us anything; ours must all get through."""
    rules = sorted(f"${{{rule}.Arn}}" for rule in RULES)

    def facts(allow: Json) -> dict[str, bool]:
        return {
            "from events": allow["Principal"] == {"Service": "events.amazonaws.com"},
            "messages": allow["Action"] == "sqs:SendMessage",
            "of our rules": rules == sorted(allow["Condition"]["ArnEquals"]["aws:SourceArn"]),
        }

    queues = ("ChangesQueue", "RuleDeadLetterQueue")
    assert {} == offenders({queue: queue_policy(queue)["Allow"] for queue in queues}, facts)


def test_a_queue_is_encrypted_at_rest_and_on_the_way() -> None:
    """Messages name instances and VPCs."""

    def facts(queue: str) -> dict[str, bool]:
        deny = queue_policy(queue)["Deny"]
        return {
            "at rest": QUEUES[queue]["SqsManagedSseEnabled"] is True,
            "for all": (deny["Principal"], deny["Action"]) == ("*", "sqs:*"),
            "itself": deny["Resource"] in {"*", f"${{{queue}.Arn}}"},
            "on the way": deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}},
        }

    assert {} == offenders(dict(zip(QUEUES, QUEUES, strict=True)), facts)
