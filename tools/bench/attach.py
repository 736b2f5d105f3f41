"""How long an instance waits for its interface, beside the time that EC2 itself takes."""

from datetime import UTC, datetime
from statistics import median

from bench.field import Field
from bench.figures import Figure, Row, exactly
from bench.stage import Stage, wait
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.states import State

INSTANCES = 20
NOTE = (
    "One after the other, from the call that tags a running instance to the record `attached`."
    " Of it, 1 s is the wait before EC2 is first polled for what it has accepted."
    " The local cloud delivers messages at once; Lambda's batching window of 1 s comes on top,"
    " for the attach and for the poll."
)


def tag_to_attached(stage: Stage) -> list[Figure]:
    """Tag instances one after the other."""
    before = stage.cloud.settings()["attach_seconds"]
    stage.cloud.settings(attach_seconds=0)
    field = Field.make(stage, "one", INSTANCES)
    instances = field.launch(INSTANCES, tagged=False)
    field.wait_until_running(INSTANCES)
    seconds = [it for instance in instances if (it := _seconds(field, instance)) is not None]
    stage.cloud.settings(attach_seconds=before)
    rows = [exactly("attached", INSTANCES, len(seconds))]
    if len(seconds) > 1:
        rows += [
            Row("median", f"{median(seconds):.2f} s"),
            Row("worst", f"{max(seconds):.2f} s"),
            Row("  the first, while the functions start", f"{seconds[0]:.2f} s"),
            Row("  worst of the others", f"{max(seconds[1:]):.2f} s"),
        ]
    return [Figure("Tag to `attached`, when EC2 attaches in 0 s", rows, NOTE)]


def _seconds(field: Field, instance: InstanceId) -> float | None:
    """Return the time to `attached`, or nothing if it has not come to that."""
    ledger, began = field.stage.ledger, datetime.now(UTC)
    field.tag(instance)

    def attached() -> bool:
        record = ledger.records([instance])[instance].get(field.target)
        return record is not None and record.state == State.ATTACHED

    if not wait(attached):
        return None
    return (ledger.records([instance])[instance][field.target].since - began).total_seconds()
