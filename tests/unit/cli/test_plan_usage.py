"""Plans of what is not there, in wrong words, and on narrow terminals."""

import pytest

from tests.support.builders.values import OTHER_ZONE, an_instance, an_interface
from tests.support.scenarios.stack import a_stack, run


def test_an_unknown_instance_is_named() -> None:
    """With what it may be: another Region, or a slip."""
    done = run(a_stack(), "plan", "i-0999")

    assert (2, True) == (
        done.exit_code,
        "EC2 shows no such instance in this account" in done.stdout,
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Name instances, or give --asg or --tag."),
        (("eni-01",), "'eni-01' is no id of an instance"),
        (("--tag", "role"), "'role' is no tag, such as role=web"),
        (("--tag", "=web"), "'=web' is no tag, such as role=web"),
    ],
)
def test_wrong_words_are_wrong_usage(words: tuple[str, ...], said: str) -> None:
    """Before AWS is asked anything."""
    done = run(a_stack(), "plan", *words)

    assert (2, True) == (done.exit_code, said in done.stderr), done.stderr


def test_on_a_narrow_terminal_no_id_is_broken() -> None:
    """It is copied from there."""
    long = an_interface("eni-0123456789abcdef0", zone=OTHER_ZONE)

    done = run(a_stack(an_instance(), long), "plan", "i-01", "--verbose", columns=40)

    assert "eni-0123456789abcdef0" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 40
