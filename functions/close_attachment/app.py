"""Rollback step "Close attachment": free claim and slot, and end the record."""

from dualhome.application.rollback import close_attachment
from dualhome.bootstrap import closing
from dualhome.entrypoints.steps import step_handler

handler = step_handler(close_attachment, closing)
