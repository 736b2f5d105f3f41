"""Rollback step "Detach interface": ask EC2 to let go, if it still holds it."""

from dualhome.application.rollback import detach_interface
from dualhome.bootstrap import detaching
from dualhome.entrypoints.steps import step_handler

handler = step_handler(detach_interface, detaching)
