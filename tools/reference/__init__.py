"""The reference of the command `dualhome`, made of its own help."""
