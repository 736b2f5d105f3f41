"""The page of costs multiplies and adds what the benchmark promises and the templates have."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import pytest

from bench import costs
from tests.support.readers.template import ROOT, load_observability, of_kind, resources

PAGE = (ROOT / "docs" / "costs.md").read_text(encoding="utf-8")
IDLE = "Idle, for a month"
THOUSAND = "A thousand attachments"
POLLERS = 5
SWEEPS = 30 * 24 * 60 // 5
GIGABYTE = 10**9
PRICE = re.compile(r"([\d.]+) (each|per million)")


@dataclass(frozen=True)
class Row:
    """A row of a table, numbers as they are written."""

    what: str
    number: Decimal
    price: Decimal
    dollars: Decimal


def rows(heading: str) -> list[Row]:
    """Return the rows of the table under a heading, without its sum."""
    found = []
    for what, number, price, dollars in _cells(heading):
        if amount := PRICE.fullmatch(price):
            each = Decimal(amount[1]) / (10**6 if amount[2] == "per million" else 1)
            found.append(Row(what, Decimal(number.replace(",", "")), each, Decimal(dollars)))
    return found


def total(heading: str) -> Decimal:
    """Return the sum that is written under a table."""
    (dollars,) = [it[3] for it in _cells(heading) if it[0] == "**Sum**"]
    return Decimal(dollars.strip("*"))


def _cells(heading: str) -> list[list[str]]:
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]


def counts(heading: str, *beginnings: str) -> dict[str, Decimal]:
    """Return the count of each row by how the row begins; each begins so once."""
    found = {}
    for beginning in beginnings:
        (row,) = [it for it in rows(heading) if it.what.startswith(beginning)]
        found[beginning] = row.number
    return found


@pytest.mark.parametrize("heading", [IDLE, THOUSAND])
def test_each_row_is_its_count_times_its_price(heading: str) -> None:
    """A count that changes must change the dollars, too."""
    table = rows(heading)
    expected = {it.what: (it.number * it.price).quantize(it.dollars, ROUND_HALF_UP) for it in table}

    assert len(table) >= 10
    assert expected == {it.what: it.dollars for it in table}


@pytest.mark.parametrize("heading", [IDLE, THOUSAND])
def test_the_sum_is_that_of_the_rows(heading: str) -> None:
    """It is the number that is read."""
    assert sum(it.dollars for it in rows(heading)) == total(heading)


def test_what_a_sweep_uses_is_what_the_benchmark_promises() -> None:
    """`make bench ONLY=costs` fails beyond these numbers; the page must not lag behind."""
    used = costs.SWEEP
    promised = {
        "CloudWatch: [metrics]": costs.SWEEP_METRICS,
        "DynamoDB: writes": SWEEPS * used["writes of DynamoDB"],
        "DynamoDB: reads": SWEEPS * used["reads of DynamoDB"],
        "Lambda: GB-s": SWEEPS * used["GB-s of Lambda"],
        "Lambda: requests": SWEEPS * used["requests of Lambda"],
        "EventBridge Scheduler": SWEEPS,
        "CloudWatch: GB of logs": SWEEPS * Decimal(used["bytes of logs"]) / GIGABYTE,
    }

    assert promised == counts(IDLE, *promised)


def test_what_a_thousand_attachments_use_is_what_the_benchmark_promises() -> None:
    """A thousand times what one instance uses alone."""
    used = {what: 1000 * Decimal(it) for what, it in costs.ATTACHMENT.items()}
    promised = {
        "Step Functions": used["state transitions"],
        "Lambda: GB-s": used["GB-s of Lambda"],
        "Lambda: requests": used["requests of Lambda"],
        "DynamoDB: writes": used["writes of DynamoDB"],
        "DynamoDB: reads": used["reads of DynamoDB"],
        "DynamoDB: GB stored": used["bytes stored"] / GIGABYTE,
        "CloudWatch: GB of logs": used["bytes of logs"] / GIGABYTE,
        "CloudWatch: 27 metrics": Decimal(costs.ATTACHMENT_METRICS) / (30 * 24),
        "SQS": used["requests of SQS"],
        "EventBridge": used["events published"],
    }

    assert promised == counts(THOUSAND, *promised)


def test_what_stands_by_the_month_is_in_the_templates() -> None:
    """One more alarm, dashboard or queue costs, whether anything happens or not."""
    stack = load_observability()
    heard = [
        sum("MetricStat" in it for it in alarm.get("Metrics", [])) or 1
        for alarm in of_kind(stack, "CloudWatch::Alarm").values()
    ]
    functions = resources("Serverless::Function").values()
    sources = [it for each in functions for it in each.get("Events", {}).values()]
    polled = [it for it in sources if it["Type"] == "SQS"]
    by_the_month = {
        f"CloudWatch: {len(heard)} alarms": sum(heard),
        "CloudWatch: the dashboard": len(of_kind(stack, "CloudWatch::Dashboard")),
        "KMS": len(of_kind(stack, "KMS::Key")),
        "SQS": len(polled) * POLLERS * 30 * 24 * 60 * 3,
    }

    assert by_the_month == counts(IDLE, *by_the_month)
