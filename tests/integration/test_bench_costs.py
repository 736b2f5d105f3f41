"""The counts behind docs/costs.md, measured as `make bench ONLY=costs` measures them."""

from pathlib import Path

from bench.costs import costs
from bench.stage import Stage
from tests.support.deployed.stack import deployed


def test_a_sweep_and_an_attachment_use_no_more_than_the_page_of_costs_says(tmp_path: Path) -> None:
    """Each on a stack of its own, with the defaults; a bill is made of these numbers."""
    with deployed(tmp_path, {}, attach_seconds=2, detach_seconds=2) as stack:
        sweep, attachment = costs(Stage(stack.cloud, stack.outputs))

    assert all(row.promise for figure in (sweep, attachment) for row in figure.rows)
    assert sweep.broken == []
    assert attachment.broken == []
