"""The operators' command `dualhome`: it reads with the operator's own credentials."""

__version__ = "0.1.0"
