"""Rollback step "Mark stuck": keep the claim, and say what a person must do."""

from dualhome.application.rollback import mark_stuck
from dualhome.bootstrap import marking_stuck
from dualhome.entrypoints.steps import step_handler

handler = step_handler(mark_stuck, marking_stuck)
