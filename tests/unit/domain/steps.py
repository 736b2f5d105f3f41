"""Reading plans of one step."""

from dualhome.domain.attachment import Attachment
from dualhome.domain.plan import plan_instance
from dualhome.domain.view import Step, View


def only_step(view: View) -> Step:
    """Return the plan's one step."""
    (step,) = plan_instance(view)
    return step


def outcome(view: View) -> Attachment:
    """Return the record that the plan's one step leads to."""
    step = only_step(view)
    assert step.move
    return step.move.after
