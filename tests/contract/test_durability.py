"""Nothing is lost: every hop has a way out for what fails, and the tables outlive mistakes."""

from dualhome.application.write_status import RECEIVES, delay_after
from tests.support.offenders import offenders
from tests.support.readers.template import Json, load, resources

FUNCTIONS = resources("Serverless::Function")
QUEUES = resources("SQS::Queue")
RULES = resources("Events::Rule")
TABLES = resources("DynamoDB::Table")

FOURTEEN_DAYS = 14 * 24 * 3600


def event_sources(kind: str) -> list[tuple[Json, Json]]:
    """Return (function, event source) for each source of type ``kind``."""
    return [
        (function, event["Properties"])
        for function in FUNCTIONS.values()
        for event in function.get("Events", {}).values()
        if event["Type"] == kind
    ]


def test_an_event_that_cannot_be_delivered_is_kept() -> None:
    """EventBridge drops what a target refuses, unless the rule has a dead-letter queue."""
    expected = {
        "Arn": "${ChangesQueue.Arn}",
        "DeadLetterConfig": {"Arn": "${RuleDeadLetterQueue.Arn}"},
        "RetryPolicy": {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86400},
    }

    def facts(rule: Json) -> dict[str, bool]:
        (target,) = rule["Targets"]
        return {name: target[name] == value for name, value in expected.items()}

    assert {} == offenders(RULES, facts)


def test_a_message_gets_five_chances_and_is_then_kept() -> None:
    """Fewer, and a throttled account fills the dead-letter queue (Lambda guide, SQS)."""
    redrive = QUEUES["ChangesQueue"]["RedrivePolicy"]

    assert redrive["deadLetterTargetArn"] == "${ChangesDeadLetterQueue.Arn}"
    assert redrive["maxReceiveCount"] >= 5


def test_a_status_tag_is_tried_for_an_hour_and_its_request_is_then_kept() -> None:
    """The writer hides it for longer each time; the code's count and the queue's are one."""
    redrive = QUEUES["StatusQueue"]["RedrivePolicy"]
    waits = [delay_after(receives).total_seconds() for receives in range(1, RECEIVES)]

    assert redrive["deadLetterTargetArn"] == "${StatusDeadLetterQueue.Arn}"
    assert redrive["maxReceiveCount"] == RECEIVES
    assert waits[:4] == [1, 2, 4, 8]
    assert max(waits) == 15 * 60
    assert 60 * 60 <= sum(waits) <= 65 * 60


def test_what_failed_is_kept_as_long_as_sqs_can() -> None:
    """An operator comes back from a holiday and still finds it."""
    of_work = {"ChangesQueue", "StatusQueue"}

    assert {} == offenders(
        {name: queue for name, queue in QUEUES.items() if name not in of_work},
        lambda queue: {"is kept": queue["MessageRetentionPeriod"] == FOURTEEN_DAYS},
    )


def test_a_message_stays_hidden_while_it_may_still_be_worked_on() -> None:
    """Six timeouts and the window (Lambda guide, "Configuring a queue to use with Lambda")."""
    for function, events in event_sources("SQS"):
        timeout = (load()["Globals"]["Function"] | function)["Timeout"]
        needed = 6 * timeout + events["MaximumBatchingWindowInSeconds"]
        queue = events["Queue"].removeprefix("${").removesuffix(".Arn}")

        assert QUEUES[queue]["VisibilityTimeout"] >= needed


def test_one_bad_message_does_not_repeat_its_batch() -> None:
    """Without this answer type Lambda ignores which messages of a batch failed."""
    batches = event_sources("SQS") + event_sources("DynamoDB")

    assert len(batches) == 3
    for _, events in batches:
        assert events["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_record_that_cannot_be_published_blocks_its_shard_for_an_hour_at_most() -> None:
    """Stream records are retried in order: unbounded retries would silence every later move."""
    ((_, events),) = event_sources("DynamoDB")

    assert events["MaximumRecordAgeInSeconds"] == 3600
    assert events["BisectBatchOnFunctionError"] is True
    assert events["DestinationConfig"]["OnFailure"] == {
        "Type": "SQS",
        "Destination": "${PublishFailuresQueue.Arn}",
    }


def test_a_sweep_that_fails_is_kept_and_not_repeated() -> None:
    """The next tick begins anew; trying a slow one again would make the load that slowed it."""
    ((function, tick),) = event_sources("ScheduleV2")
    asynchronous = function["EventInvokeConfig"]

    assert tick["DeadLetterConfig"] == {"Arn": "${SweepDeadLetterQueue.Arn}"}
    assert asynchronous["MaximumRetryAttempts"] == 0
    assert asynchronous["DestinationConfig"]["OnFailure"] == {
        "Type": "SQS",
        "Destination": "${SweepDeadLetterQueue.Arn}",
    }


def test_a_table_outlives_mistakes() -> None:
    """Neither a deleted stack, nor a slip in the console, nor a bad write may cost the record."""
    of_resource = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    of_table = {
        "DeletionProtectionEnabled": True,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {"SSEEnabled": True},
        "BillingMode": "PAY_PER_REQUEST",
    }

    def facts(table: Json) -> dict[str, bool]:
        found = table | table["Properties"]
        return {name: found[name] == it for name, it in (of_resource | of_table).items()}

    assert {} == offenders({name: load()["Resources"][name] for name in TABLES}, facts)


def test_the_keys_of_tables_and_indexes_are_the_ledgers() -> None:
    """A key cannot be renamed once there is data."""
    assert keys(TABLES["AttachmentsTable"]) == {
        "table": ["pk", "sk"],
        "needs-attention": ["attention", "attention_at"],
        "by-target": ["target", "target_order"],
    }
    assert keys(TABLES["AuditTable"]) == {
        "table": ["pk", "sk"],
        "by-interface": ["interface", "sk"],
        "by-day": ["day", "sk"],
    }


def keys(table: Json) -> dict[str, list[str]]:
    """Return the key attributes of ``table`` and of each of its indexes, partition key first."""
    indexes: list[Json] = [{"IndexName": "table"} | table, *table["GlobalSecondaryIndexes"]]
    return {it["IndexName"]: [key["AttributeName"] for key in it["KeySchema"]] for it in indexes}
