"""A table in terminals of any width."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from dualhome_cli.ui.table import Layout, Shape, lay_out

INSTANCE = "i-0123456789abcdef0"
INTERFACE = "eni-0fedcba9876543210@1"
WHY = "POOL_EMPTY: every interface in us-east-1a is in use. Add interfaces to the pool."
SHAPE = Shape(("Instance", "Interface", "Why"), prose=(False, False, True))
LINE = [Text(INSTANCE), Text(INTERFACE), Text(WHY)]


def drawn(width: int, line: list[Text] = LINE) -> tuple[Layout, list[str]]:
    """Return how ``line`` is laid out in ``width`` cells, and its lines."""
    shape, out = SHAPE.widened(line), Console(file=io.StringIO(), width=width)
    layout = shape.layout(width)
    return layout, [it.plain for it in lay_out(shape, layout, line, out)]


def test_all_is_on_one_line_where_there_is_room() -> None:
    """Lines can be counted, sorted and searched."""
    assert (Layout.BESIDE, [f"{INSTANCE}  {INTERFACE}  {WHY}"]) == drawn(200)


def test_prose_is_wrapped_beside_the_ids() -> None:
    """The ids stay in their columns."""
    layout, lines = drawn(90)

    assert Layout.BESIDE == layout
    assert lines[0].startswith(f"{INSTANCE}  {INTERFACE}  POOL_EMPTY: ")
    assert all(line.startswith(" " * 46) for line in lines[1:])


def test_prose_goes_beneath_where_it_would_be_a_thin_column() -> None:
    """An ordinary terminal has 80 cells, and ids take most of them."""
    layout, lines = drawn(60)

    assert Layout.BENEATH == layout
    assert f"{INSTANCE}  {INTERFACE}" == lines[0]
    assert all(line.startswith("    ") for line in lines[1:])


def test_each_cell_has_a_line_where_ids_do_not_fit_side_by_side() -> None:
    """Half a screen is enough to act on."""
    layout, lines = drawn(40)

    assert Layout.BLOCK == layout
    assert [f"instance: {INSTANCE}", f"interface: {INTERFACE}"] == lines[:2]
    assert "" == lines[-1]


def test_an_empty_cell_takes_no_line() -> None:
    """Nothing to say is said by nothing."""
    _, lines = drawn(40, [Text(INSTANCE), Text(INTERFACE), Text()])

    assert [f"instance: {INSTANCE}", f"interface: {INTERFACE}", ""] == lines


@given(st.integers(min_value=34, max_value=250))
def test_no_line_is_too_long_no_id_is_cut_and_no_word_is_lost(width: int) -> None:
    """An id with an ellipsis in it can be neither copied nor searched for."""
    _, lines = drawn(width)

    assert max(map(len, lines)) <= width
    assert sum(INSTANCE in line for line in lines) == 1
    assert sum(INTERFACE in line for line in lines) == 1
    words = " ".join(lines).split()
    assert sorted([*WHY.split(), INSTANCE, INTERFACE]) == sorted(
        it for it in words if it not in {"instance:", "interface:", "why:"}
    )


@pytest.mark.parametrize("word", ["界" * 40, "x" * 300])
def test_a_word_longer_than_the_line_is_broken(word: str) -> None:
    """Messages of AWS hold tokens of any length, and tags any script."""
    _, lines = drawn(40, [Text(INSTANCE), Text(), Text(word)])

    assert word == "".join(lines[1:]).removeprefix("why: ").replace(" ", "")
    assert all(Text(line).cell_len <= 40 for line in lines)


def test_a_cells_title_does_not_lend_it_its_style() -> None:
    """What is red must be seen to be red."""
    line, out = [Text(INSTANCE, "red"), Text(INTERFACE), Text()], io.StringIO()
    console = Console(file=out, width=40, force_terminal=True, color_system="standard")

    console.print(*lay_out(SHAPE.widened(line), Layout.BLOCK, line, console))

    assert f"\x1b[31m{INSTANCE}" in out.getvalue()
