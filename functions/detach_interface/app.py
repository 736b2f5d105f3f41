"""Rollback step "Detach interface": ask EC2 to detach, if it is still attached."""

from dualhome.application.rollback import detach_interface
from dualhome.bootstrap import rollback
from dualhome.entrypoints.steps import step_handler

handler = step_handler(detach_interface, rollback)
