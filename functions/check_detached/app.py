"""Rollback step "Check detached": see whether EC2 has detached it."""

from dualhome.application.rollback import check_detached
from dualhome.bootstrap import rollback
from dualhome.entrypoints.steps import step_handler

handler = step_handler(check_detached, rollback)
