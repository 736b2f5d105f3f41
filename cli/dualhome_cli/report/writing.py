"""A page in its file: all of it or, where that cannot be, what was there before."""

from pathlib import Path
from secrets import token_hex
from stat import S_IMODE

import click


def write_page(file: str, page: str) -> None:
    """
    Write ``page`` to ``file``; ``-`` is standard output.

    What is no regular file, such as a pipe or /dev/null, is written to as it is.

    Raises:
        OSError: nothing was changed, unless it is no regular file.
    """
    path = Path(file)
    if file == "-":
        with click.open_file(file, "w", encoding="utf-8") as opened:
            opened.write(page)
    elif path.exists() and not path.is_file():
        path.write_text(page, encoding="utf-8")
    else:
        _replace(path.resolve(), page)


def _replace(path: Path, page: str) -> None:
    """Write beside ``path``, then take its place: nobody ever finds half a page."""
    beside = path.with_name(f".dualhome-{token_hex(8)}")
    with beside.open("x", encoding="utf-8") as opened:
        try:
            opened.write(page)
            opened.flush()
            if path.exists():
                beside.chmod(S_IMODE(path.stat().st_mode))
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
