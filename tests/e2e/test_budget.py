"""What a batch costs, measured as `make bench` measures it."""

from bench.batch import one_batch
from bench.stage import Stage
from tests.support.deployed.stack import Stack


def test_a_batch_of_fifty_launches_keeps_within_the_budget_of_ec2_calls(stack: Stack) -> None:
    """At most 4 reads in the worst pass and 2 writes per attachment, however large the batch."""
    (figure,) = one_batch(Stage(stack.cloud, stack.outputs))

    assert {"attached", "mutating calls per attachment", "reads, worst pass"} <= {
        row.what for row in figure.rows if row.promise
    }
    assert figure.broken == []
