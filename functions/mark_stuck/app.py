"""Rollback step "Mark stuck": keep the claim, and record the operator action required."""

from dualhome.application.rollback import mark_stuck
from dualhome.bootstrap import marking_stuck
from dualhome.entrypoints.steps import step_handler

handler = step_handler(mark_stuck, marking_stuck)
