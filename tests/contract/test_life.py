"""The life of an attachment, as the architecture draws it, is the table of legal moves."""

import re

from dualhome.domain.states import LEGAL_MOVES, State
from tests.support.readers.template import ROOT

BEGINNING = "[*]"

AS_FROM_THE_BEGINNING = {
    (before, after)
    for before in (State.WAITING, State.REFUSED, State.FAILED, State.RELEASED)
    for after in LEGAL_MOVES[None] - {State.CLAIMED}
}
"""Said in the sentence below the diagram: a dozen arrows would hide all others."""

NO_LONGER_WANTED = {
    (before, State.RELEASED) for before in (State.WAITING, State.REFUSED, State.FAILED)
}
"""Said there, too."""

NEVER_MADE = {(State.CLAIMED, State.RELEASING)}
"""Legal, since a claim holds an interface; a claim that was not carried out is given back."""


def test_the_diagram_draws_the_legal_moves_and_no_other() -> None:
    """A change of the table, or of the diagram, must reach the other one."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    _, _, diagram = page.partition("```mermaid\nstateDiagram-v2\n")
    drawn = re.findall(r"^ +(\S+) --> (\w+)", diagram.partition("```")[0], re.MULTILINE)
    legal = {
        (before or BEGINNING, after) for before in LEGAL_MOVES for after in LEGAL_MOVES[before]
    }

    assert len(drawn) == len(set(drawn))
    assert legal - AS_FROM_THE_BEGINNING - NO_LONGER_WANTED - NEVER_MADE == set(drawn)
