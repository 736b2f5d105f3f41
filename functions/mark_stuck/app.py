"""Rollback step "Mark stuck": keep the claim, and say what an operator must do."""

from dualhome.application.rollback import mark_stuck
from dualhome.bootstrap import rollback
from dualhome.entrypoints.steps import step_handler

handler = step_handler(mark_stuck, rollback)
