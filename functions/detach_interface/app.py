"""Rollback step "Detach interface": ask EC2 to detach the interface, if it is attached."""

from dualhome.application.rollback import detach_interface
from dualhome.bootstrap import detaching
from dualhome.entrypoints.steps import step_handler

handler = step_handler(detach_interface, detaching)
