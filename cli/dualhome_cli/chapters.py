"""Moves in a table."""

from collections.abc import Sequence

from dualhome_cli.colours import colour_of
from dualhome_cli.story import Chapter
from dualhome_cli.table import Column
from dualhome_cli.times import print_time

WHEN: Column[Chapter] = Column("When (UTC)", lambda it: print_time(it.at))
INSTANCE: Column[Chapter] = Column("Instance", lambda it: it.instance)
REST: Sequence[Column[Chapter]] = (
    Column("Target", lambda it: it.target),
    Column("State", lambda it: it.to_state, style=lambda it: colour_of(it.to_state)),
    Column("Cause", lambda it: it.caused_by),
    Column("What happened", lambda it: it.story, prose=True),
)

OF_ONE = (WHEN, *REST)
"""For the moves of one instance."""

OF_MANY = (WHEN, INSTANCE, *REST)
