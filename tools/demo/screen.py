"""The demo's screen: a terminal of 80 to 100 columns, or a file."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from demo.watch import Expectation

WIDEST = 100
ROOMY = 96
LABEL = 20
INDENT = 2
FAILED = "bold red"


class Screen:
    """Draws on a console; colours come and go with the terminal."""

    def __init__(self, console: Console) -> None:
        """Use at most ``WIDEST`` columns of ``console``."""
        console.width = min(console.width, WIDEST)
        self._console = console
        self._in_rows = False

    @property
    def room(self) -> int:
        """Columns that an answer may take."""
        return self._console.width - INDENT

    @property
    def coloured(self) -> bool:
        """Whether this is a terminal."""
        return self._console.is_terminal

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """Show on a terminal what the demo waits for."""
        with self._console.status(Text(text, "dim")):
            yield

    def opening(self, *lines: str) -> None:
        """Say what this is."""
        first, *others = lines
        self._console.print(Text(first, "bold"), *(Text(it, "dim") for it in others), sep="\n")

    def title(self, title: str, says: str) -> None:
        """Open a step, and say what it shows."""
        self._console.print()
        self._console.print(Rule(Text(title, "bold"), align="left", style="cyan"))
        self._print(Text(says, "dim"))
        self._in_rows = False

    def command(self, *lines: str) -> None:
        """Show what the user types."""
        self._block(Text.assemble(("$ ", "dim"), ("\n    ".join(lines), "yellow")))

    def answer(self, said: str) -> None:
        """Show what a command has written, beneath it."""
        self._print(Text.from_ansi(said.rstrip()))

    def done(self, text: str) -> None:
        """Show one thing as done."""
        self._block(Text.assemble(("✓ ", "green"), text), rows=True)

    def fact(self, label: str, text: str) -> None:
        """Show one labelled fact."""
        self._rows([(Text(), Text(label, "dim"), Text(text))])

    def expectations(self, expectations: Iterable[Expectation]) -> None:
        """Show what was expected, and beside it what was seen where that is not the same."""
        self._rows(
            (Text("✓", "green"), Text(it.what), Text(it.text))
            if it.met
            else (Text("✗", FAILED), Text(it.what, FAILED), Text(it.text, FAILED))
            for it in expectations
        )

    def table(self, columns: Sequence[str], rows: Iterable[Iterable[str]]) -> None:
        """Show a table. A name ending in ``>`` is aligned to the right."""
        table = ruled(gap=2 if self._console.width >= ROOMY else 1)
        for name in columns:
            table.add_column(
                name.rstrip(">"), justify="right" if ">" in name else "left", no_wrap=True
            )
        for row in rows:
            table.add_row(*row)
        self._block(table)

    def draw(self, picture: RenderableType, legend: str) -> None:
        """Show a picture and what its signs mean."""
        self._block(picture)
        self._block(Text(legend, "dim"))

    def gap(self) -> None:
        """Separate the next rows from those before."""
        self._in_rows = False

    def failure(self, *lines: str) -> None:
        """Say what went wrong."""
        self._console.print(Text("\n".join(lines), FAILED), soft_wrap=True)

    def verdict(
        self, expectations: Sequence[Expectation], seconds: float, logs: Iterable[Path]
    ) -> int:
        """Say how many expectations were met, and which were not; return the exit code."""
        failed = [it for it in expectations if not it.met]
        count = f"{len(expectations) - len(failed)} of {len(expectations)} expectations met"
        self._console.print()
        if not failed:
            text = f"✓ {count} in {seconds:.0f} s; nothing is left running"
            self._console.print(Text(text, "bold green"))
            return 0
        self.failure(*(f"✗ {it.what}: {it.text}" for it in failed))
        self.failure(f"{count} in {seconds:.0f} s", *(f"log: {log}" for log in logs))
        return 1

    def _rows(self, rows: Iterable[tuple[Text, Text, Text]]) -> None:
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(width=1)
        grid.add_column(width=LABEL)
        grid.add_column(overflow="fold")
        for row in rows:
            grid.add_row(*row)
        self._block(grid, rows=True)

    def _block(self, what: RenderableType, *, rows: bool = False) -> None:
        """Print a block, with an empty line before it; rows stand close to rows."""
        if not (rows and self._in_rows):
            self._console.print()
        self._print(what)
        self._in_rows = rows

    def _print(self, what: RenderableType) -> None:
        """Print without spaces at a line's end: a copied backslash must come last."""
        for line in self._console.render_lines(Padding(what, (0, 0, 0, INDENT)), pad=False):
            text = Text.assemble(*((part.text, part.style or "") for part in line))
            text.rstrip()
            self._console.print(text, soft_wrap=True)


def ruled(gap: int) -> Table:
    """Return an empty table with a line under its head and ``gap`` columns between columns."""
    return Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        header_style="dim",
        padding=(0, gap - 1, 0, 0),
        pad_edge=False,
    )
