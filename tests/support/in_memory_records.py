"""Stacks that hold records, for tests of what a command says of them."""

from dataclasses import replace
from datetime import timedelta

from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders import NOW, TRACE, a_record, a_vpc
from tests.support.in_memory_stack import InMemoryStack

WAITING = a_record(
    State.WAITING,
    instance="i-02",
    reason=Reason.POOL_EMPTY,
    detail="all 3 are in use",
    since=NOW - timedelta(hours=1),
)


def a_stack(*records: Attachment) -> InMemoryStack:
    """Return a stack whose ledger holds ``records``, and whose VPC serves `mgmt`."""
    stack = InMemoryStack()
    stack.ec2.add(a_vpc())
    for record in records:
        before = replace(WAITING, instance=record.instance, target=record.target)
        stack.ledger.commit(Move(None, before), TRACE)
        stack.ledger.commit(Move(before, record), TRACE)
    return stack
