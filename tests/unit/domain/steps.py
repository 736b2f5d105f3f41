"""Views of one attachment, and reading plans of one step."""

from datetime import timedelta
from typing import Any

from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import AttachmentStatus
from dualhome.domain.planning.plan import plan_instance
from dualhome.domain.planning.types import Decision, InstanceView
from dualhome.domain.states import State
from tests.support.builders.decisions import after_of
from tests.support.builders.values import (
    NOW,
    a_primary,
    a_record,
    a_seen_attachment,
    an_instance,
    an_interface,
)
from tests.support.builders.views import a_view


def only_step(view: InstanceView) -> Decision:
    """Return the plan's one step."""
    (step,) = plan_instance(view)
    return step


def outcome(view: InstanceView) -> Attachment:
    """Return the record that the plan's one step leads to."""
    step = only_step(view)
    return after_of(step)


def seen_as(status: AttachmentStatus, record: Attachment, **fields: Any) -> InstanceView:
    """Return a view in which EC2 shows the record's interface on the instance."""
    seen = a_seen_attachment(status=status, **fields)
    instance = an_instance(attachments=(a_primary(), seen))
    return a_view(instance, records=[record], pool=[an_interface(attachment=seen)])


def not_seen(record: Attachment, **fields: Any) -> InstanceView:
    """Return a view in which the record's interface is free and not on the instance."""
    return a_view(an_instance(**fields), records=[record], pool=[an_interface()])


def aged(state: State, age: timedelta, **fields: Any) -> Attachment:
    """Return a record that entered ``state`` that long ago."""
    return a_record(state, since=NOW - age, **fields)
