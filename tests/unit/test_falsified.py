"""What the model finds is never lost: it is kept as a program that fails in the same way."""

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.stateful import run_state_machine_as_test

from dualhome.domain.errors import DualhomeError, ThrottledError
from tests.support.scenarios.crowd import Crowd
from tests.support.scenarios.faults import CrowdFault
from tests.support.scenarios.replay import Spelling
from tests.support.scenarios.user_actions import UserAction
from tests.unit.test_model import FAULTS, PEOPLE, Model

PLANTED = "a rule that a third instance breaks"
FEW = settings(
    max_examples=500,  # it ends with the first that fails
    stateful_step_count=10,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def broken(crowd: Crowd) -> list[str]:
    """Return what the planted rule says."""
    return [PLANTED] if len(crowd.instances) > 2 else []


def again(program: Path) -> Callable[[], None]:
    """Return what the kept program runs."""
    run: Callable[[], None] = runpy.run_path(str(program))["test_again"]
    return run


def test_a_run_that_breaks_a_rule_is_kept_as_a_program_that_breaks_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A developer needs it at hand, and knows that the fault is gone when it passes."""
    monkeypatch.setattr(Model, "kept_in", tmp_path)
    with monkeypatch.context() as planted:
        planted.setattr(Crowd, "broken", broken)
        planted.setattr(Crowd, "quiesce", lambda _: None)  # it takes a second

        with pytest.raises(AssertionError, match=PLANTED) as caught:
            run_state_machine_as_test(Model, settings=FEW)

        notes = "\n".join(caught.value.__notes__)
        (program,) = [it for it in tmp_path.iterdir() if it.read_text("utf-8") in notes]
        with pytest.raises(AssertionError, match=PLANTED):
            again(program)()

    assert "action=Launch(desired=" in program.read_text("utf-8")
    again(program)()


@given(PEOPLE | FAULTS)
def test_every_step_is_spelled_as_code_that_makes_it(step: UserAction | CrowdFault) -> None:
    """Errors and closed sets too, whose own `repr` is no code."""
    spelling = Spelling()

    code = spelling.of(step)

    assert code == Spelling().of(made(code, spelling))


def test_an_error_is_spelled_with_all_that_aws_said() -> None:
    """The reconciler decides by its code."""
    spelling = Spelling()
    error = ThrottledError("reading: slow down", code="RequestLimitExceeded", verbatim="slow down")

    twin = made(spelling.of(error), spelling)

    assert isinstance(twin, DualhomeError)
    assert (type(error), vars(error)) == (type(twin), vars(twin))


def test_what_cannot_be_spelled_is_refused() -> None:
    """A program that does not run is found when the step is added, not when it is needed."""
    with pytest.raises(TypeError, match=r"say in tests/support/scenarios/replay\.py"):
        Spelling().of(object())


def made(code: str, spelling: Spelling) -> object:
    """Return what ``code`` makes, with its own imports alone."""
    scope: dict[str, object] = {}
    exec("\n".join([*spelling.import_lines(), f"made = {code}"]), scope)  # noqa: S102 - our own
    return scope["made"]
