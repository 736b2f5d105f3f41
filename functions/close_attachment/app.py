"""Rollback step "Close attachment": free claim and slot, and end the record."""

from dualhome.bootstrap import closing
from dualhome.entrypoints.steps import step_handler

handler = step_handler(closing)
