"""Nothing is changed before the operator agrees."""

from io import StringIO

import click
import pytest

from dualhome_cli.ui.prompts import confirm


class Terminal(StringIO):
    """A standard input that an operator types on."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_it_says_what_will_happen_before_it_asks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the words of the command, line by line."""
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))

    confirm(["one thing", "another"], yes=False)

    assert "one thing\nanother\nContinue? [y/N]: " == capsys.readouterr().out


@pytest.mark.parametrize("typed", ["n\n", "\n", "no\n"])
def test_who_does_not_agree_has_changed_nothing(
    typed: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pressing Enter is not agreeing."""
    monkeypatch.setattr("sys.stdin", Terminal(typed))

    with pytest.raises(click.exceptions.Exit) as ended:
        confirm(["one thing"], yes=False)

    assert 1 == ended.value.exit_code
    assert "Nothing was changed." in capsys.readouterr().out


def test_the_end_of_the_input_is_no_consent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-D is not agreeing."""
    monkeypatch.setattr("sys.stdin", Terminal(""))

    with pytest.raises(click.Abort):
        confirm(["one thing"], yes=False)


class Interrupted(Terminal):
    """A terminal on which an operator presses Ctrl-C."""

    def readline(self, _: int = -1, /) -> str:  # type: ignore[override]
        """Be interrupted."""
        raise KeyboardInterrupt


def test_ctrl_c_is_no_consent_and_quiet(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends the command as it does anywhere else: with 130."""
    monkeypatch.setattr("sys.stdin", Interrupted())

    with pytest.raises(KeyboardInterrupt):
        confirm(["one thing"], yes=False)

    assert "Aborted" not in capsys.readouterr().err


def test_a_pipe_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be answered by whatever comes first."""
    monkeypatch.setattr("sys.stdin", StringIO("y\n"))

    with pytest.raises(click.UsageError, match="--yes"):
        confirm(["one thing"], yes=False)


def test_yes_is_an_answer_before_the_question(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script says so; what happens is told all the same."""
    monkeypatch.setattr("sys.stdin", StringIO(""))

    confirm(["one thing"], yes=True)

    assert "one thing\n" == capsys.readouterr().out
