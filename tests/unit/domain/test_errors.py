"""The tree of errors: its docstring is what a reader trusts."""

import re
from collections.abc import Iterator

from dualhome.domain import errors
from dualhome.domain.errors import (
    DualhomeError,
    PermanentError,
    StalePlanError,
    ThrottledError,
    TransientError,
)

DEPTH = 4
"""Characters by which each level of the tree is indented."""


def drawn_tree() -> Iterator[tuple[str, str]]:
    """Yield each error of the docstring's tree with its parent there."""
    above = ["DualhomeError"]
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"([│ ]*)[├└]── (\w+)", line):
            level = len(found[1]) // DEPTH + 1
            above[level:] = [found[2]]
            yield found[2], above[level - 1]


def tree(kind: type[DualhomeError]) -> Iterator[tuple[str, str]]:
    """Yield each error below ``kind`` with its parent."""
    for below in kind.__subclasses__():
        yield below.__name__, kind.__name__
        yield from tree(below)


def test_the_tree_is_drawn_as_it_is() -> None:
    """Retries and state machines are written from the drawing."""
    assert dict(drawn_tree()) == dict(tree(DualhomeError))


def test_there_are_three_kinds_because_there_are_three_things_to_do() -> None:
    """A fourth kind would need a fourth answer, everywhere."""
    assert [TransientError, StalePlanError, PermanentError] == DualhomeError.__subclasses__()


def test_an_error_has_awss_code_or_else_its_own_name() -> None:
    """What is recorded can be searched for in either case."""
    assert ThrottledError("slow", code="RequestLimitExceeded").code == "RequestLimitExceeded"
    assert ThrottledError("slow").code == "ThrottledError"
    assert str(ThrottledError("slow")) == ThrottledError("slow").message == "slow"


def test_an_error_is_about_the_interface_where_another_one_may_be_attached() -> None:
    """A missing permission, or a full instance, must not walk through a pool."""
    about = {kind for kind, _ in tree(DualhomeError) if getattr(errors, kind).about_interface}

    assert {
        "InterfaceInUseError",
        "InterfaceGoneError",
        "InterfaceRefusedError",
        "UnexpectedAwsError",
    } == about
