"""The words that were retired stay out: in identifiers whole, in prose as phrases."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import pytest

from tests.support.readers.checkout import tracked

Find = Callable[[str], Iterable[tuple[int, str]]]

NAMES = frozenset(
    [
        "agenda",
        "brake",
        "brakes",
        "broom",
        "chapter",
        "chapters",
        "depart",
        "dismiss",
        "examination",
        "fate",
        "fates",
        "foresight",
        "foretelling",
        "hands",
        "happening",
        "happenings",
        "look",
        "looked",
        "looks",
        "masses",
        "mishap",
        "mishaps",
        "outlets",
        "outlook",
        "overlooked",
        "pasted",
        "pasting",
        "patient",
        "prospect",
        "prospects",
        "settlement",
        "somebody",
        "standing",
        "stranger",
        "strangers",
        "survey",
        "tally",
        "told",
        "torn",
        "trail",
        "trails",
        "trouble",
        "undoing",
        "undone",
        "whoever",
        "wish",
        "wishes",
        "woken",
        "wake",
        "wakes",
    ]
)
"""As a part of a name: ``look`` retires ``look_again`` and ``LastLook``, not ``lookup``."""

PARAMETERS = frozenset({"here", "it"})
"""A function says what it takes; a comprehension or a lambda may be short."""

PHRASES = {
    "somebody, whoever, nobody": r"\b(somebody|whoever|nobody)\b",
    "a look": r"\b(a|the|each|one|next|last|later|first) looks?\b(?! (like|as if))",
    "look again": r"\blooks? again\b",
    "wake, woken": r"\bwakes? (the|a|an|those|them|instances?|reconcilers?)\b|\bwoken\b",
    "let go": r"\b(let|lets|letting) go\b|\blets? go of\b",
    "passed over": r"\b(passed|passes|passing) over\b",
    "hands off": r"\bhands? off\b|\bin other hands\b",
    "asks for patience": r"\basks? for patience\b",
    "a person must": r"\ba (person|human) must\b",
    "wish": r"\bwish(es|ed)?\b",
    "brake": r"\bbrakes?\b",
    "agenda, broom, survey, tally": r"\b(agenda|broom|survey|tally)\b",
    "stranger, torn": r"\bstrangers?\b|\btorn\b",
    "mended": r"\bmend(s|ed)?\b",
    "set aside": r"\bset aside\b",
    "taken back": r"\b(take|takes|taken|took) (it |them |that |this |what \w+ )?back\b",
    "overlooked": r"\boverlooked\b",
    "a page is turned": r"\bpages? (is|was|are|were) (not )?turned\b|\bturns? (a|the|one) page\b",
}
"""What was retired, and how it is found, whatever its case and wherever a line ends."""

VALUES = ("brakes", "strangers", "nobody-allowed")
"""What JSON and CSV have said from the beginning stays as it is, in quotation marks."""

SUFFIXES = (".json", ".md", ".py", ".sh", ".toml", ".yaml")
EXEMPT = ("requirements/", "tests/contract/test_words.py")


def names_in(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of each identifier of ``source`` with a retired part."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and NAMES & set(_parts(token.string)):
            yield token.start[0], token.string


def parameters_in(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of each function of ``source`` with a parameter of no meaning."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            taken = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            if PARAMETERS & {argument.arg for argument in taken}:
                yield node.lineno, node.name


def phrases_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of each retired phrase in ``text``."""
    for value in VALUES:
        text = text.replace(f'"{value}"', '""')
    for name, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, name


def test_no_identifier_has_a_retired_word() -> None:
    """EC2 and reconcilers have words for it, which every reader knows."""
    assert len(_python()) > 400
    assert {} == _offenders(_python(), names_in)


def test_no_parameter_is_called_it_or_here() -> None:
    """The reader of a call sees the name alone."""
    assert {} == _offenders(_python(), parameters_in)


def test_no_text_has_a_retired_phrase() -> None:
    """A sentence's subject is a thing with a name, in code, documents and messages."""
    assert {"README.md", "template.yaml"} <= _texts().keys()
    assert {} == _offenders(_texts(), phrases_in)


def test_a_planted_name_is_found() -> None:
    """Each word is searched for, in any style of writing."""
    planted = {
        name: f"last_{name} = {name.capitalize()}Again = {name.upper()} = None\n" for name in NAMES
    }

    assert dict.fromkeys(NAMES, 3) == {it: len(list(names_in(planted[it]))) for it in NAMES}


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("Somebody must act, or\nnobody does.", ["somebody, whoever, nobody"] * 2),
        ("EC2 does not let go\nof it.", ["let go"]),
        ("Let\n    go of what nobody wants.", ["let go", "somebody, whoever, nobody"]),
        ("Two interfaces were passed over.", ["passed over"]),
        ("The next look is due.", ["a look"]),
        ("A person must look again.", ["a person must", "look again"]),
        ("Look at the log: the page looks like this here.", []),
    ],
)
def test_a_planted_phrase_is_found(planted: str, found: list[str]) -> None:
    """Also where a line ends in its middle; plain English stays English."""
    assert sorted(found) == sorted(name for _, name in phrases_in(planted))


def test_a_planted_parameter_is_found() -> None:
    """A lambda's is not looked for."""
    assert ["f"] == [name for _, name in parameters_in("def f(it): return lambda it: it\n")]


def _parts(name: str) -> list[str]:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")


def _spaced(pattern: str) -> re.Pattern[str]:
    """A phrase may go on in the next line, after the marks of a comment or of a folded text."""
    return re.compile(pattern.replace(" ", r"[\s#>*\"']+"), re.IGNORECASE)


_PATTERNS = {name: _spaced(pattern) for name, pattern in PHRASES.items()}


def _offenders(sources: dict[str, str], find: Find) -> dict[str, str]:
    return {f"{file}:{line}": name for file, text in sources.items() for line, name in find(text)}


def _python() -> dict[str, str]:
    return {name: text for name, text in _texts().items() if name.endswith(".py")}


@cache
def _texts() -> dict[str, str]:
    return {name: it for name, it in tracked(*SUFFIXES).items() if not name.startswith(EXEMPT)}
