"""Progress as it is made: a line for each move, and on a terminal a sign of life below."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.text import Text

from dualhome.domain.audit import AuditEntry
from dualhome_cli.colours import colour_of
from dualhome_cli.pasting import pasted
from dualhome_cli.stack import Stack
from dualhome_cli.terminal import console, printable
from dualhome_cli.trail import Ending


def show_moves(entries: Iterable[AuditEntry], doing: str) -> None:
    """Write each move as it comes; ``doing`` stands below while nothing does."""
    with waiting(doing) as write:
        for entry in entries:
            write(_line(entry))


def show_endings(endings: Iterable[Ending], stack: Stack, lead: str = "") -> None:
    """Write how each attachment ended, after ``lead``."""
    nobody = pasted("not recorded: nobody has looked, see `dualhome doctor`", stack)
    out = console()
    for it in endings:
        state = it.state or nobody
        end = Text(state, colour_of(it.state)) if it.moved else Text(f"still {state}", "yellow")
        why = f": {printable(pasted(it.why, stack))}" if it.why else ""
        out.print(Text.assemble(f"{it.instance} {it.target}: {lead}", end, why), soft_wrap=True)


@contextmanager
def waiting(doing: str) -> Iterator[Callable[[Text], None]]:
    """Show ``doing`` with a spinner on a terminal; lines are written above it."""
    out = console()
    if not out.is_terminal:
        yield out.print
        return
    with out.status(doing):
        yield out.print


def _line(entry: AuditEntry) -> Text:
    after = entry.after
    before = entry.move.from_state or "new"
    why = " ".join(filter(None, (after.reason, printable(after.detail))))
    return Text.assemble(
        f"{after.written_at:%H:%M:%S}  {after.instance} {after.target}  {before} -> ",
        (after.state, colour_of(after.state)),
        f"  {after.interface or ''}  {why}".rstrip(),
    )
