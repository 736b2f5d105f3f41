"""Where the global options say that the stack is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Connection:
    """``profile`` and ``region`` are as AWS tools choose them where they are None."""

    profile: str | None
    region: str | None
    stack_name: str
