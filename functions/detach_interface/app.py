"""Rollback step "Detach interface": ask EC2 to detach the interface, if it is attached."""

from dualhome.bootstrap import detaching
from dualhome.entrypoints.steps import step_handler

handler = step_handler(detaching)
