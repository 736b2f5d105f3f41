"""Rollback step "Settle attachment": free claim and slot, and end the record."""

from dualhome.application.rollback import settle_attachment
from dualhome.bootstrap import rollback
from dualhome.entrypoints.steps import step_handler

handler = step_handler(settle_attachment, rollback)
