"""A belief: something that dualhome takes AWS to do, and that no document of AWS promises."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Belief:
    """
    One belief.

    ``source``: what it rests on. ``default``: what dualhome does that is right even if it is
    refuted, or what is lost. ``file``: the file to change then, from the root of the checkout.
    ``needs``: what it takes to settle it, where one ordinary account and a few minutes cannot.
    """

    id: str
    statement: str
    source: str
    default: str
    file: str
    needs: str = ""
