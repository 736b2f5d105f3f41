"""Rollback step "Look at interface": see whether EC2 has let go."""

from dualhome.application.rollback import look_at_interface
from dualhome.bootstrap import rollback
from dualhome.entrypoints.steps import step_handler

handler = step_handler(look_at_interface, rollback)
