"""The use cases: read what is, let the domain decide, make it so through ports."""
