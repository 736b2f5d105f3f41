"""Rollback step "Check detached": check whether EC2 has detached the interface."""

from dualhome.bootstrap import checking
from dualhome.entrypoints.steps import step_handler

handler = step_handler(checking)
