"""Rollback step "Mark stuck": keep the claim, and record the operator action required."""

from dualhome.bootstrap import marking_stuck
from dualhome.entrypoints.steps import step_handler

handler = step_handler(marking_stuck)
