"""What bootstrap composes for each function, of the environment that the template gives it."""

import os
import re
from collections.abc import Callable
from typing import Any

import pytest

from dualhome import bootstrap
from dualhome.domain.attachment import Move
from dualhome.settings import SettingsError
from tests.support.builders.values import TRACE, a_record
from tests.support.readers.template import ROOT, resources

FUNCTIONS = {
    function["CodeUri"]: function["Environment"]["Variables"]
    for function in resources("Serverless::Function").values()
}


def source(folder: str) -> str:
    """Return the code of the function in ``folder``."""
    return (ROOT / folder / "app.py").read_text(encoding="utf-8")


def composition(folder: str) -> Callable[[], Any]:
    """Return what the function in ``folder`` takes from bootstrap, without its cache."""
    (name,) = re.findall(r"^from dualhome\.bootstrap import (\w+)", source(folder), re.MULTILINE)
    compose: Callable[[], Any] = getattr(bootstrap, name).__wrapped__
    return compose


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave what the process itself needs, and a Region."""
    for variable in set(os.environ) - {"PATH", "HOME"}:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.mark.parametrize("folder", FUNCTIONS)
def test_a_function_is_composed_of_its_own_environment(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the handler calls reads these variables and no other, and names each that is missing."""
    compose = composition(folder)

    with pytest.raises(SettingsError) as caught:
        compose()
    named = set(re.findall(r"(\w+) is not set", str(caught.value)))
    for variable, value in FUNCTIONS[folder].items():
        monkeypatch.setenv(variable, value)

    assert named == FUNCTIONS[folder].keys()
    assert compose()


def test_a_step_that_does_not_detach_is_composed_as_paused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The parameter Paused reaches the step that detaches; to the others detaching is closed."""
    for variables in FUNCTIONS.values():
        for variable, value in variables.items():
            monkeypatch.setenv(variable, value)
    steps = ("detach_interface", "check_detached", "close_attachment", "mark_stuck")

    paused = {step: composition(f"functions/{step}")().paused for step in steps}

    assert paused == dict.fromkeys(steps, True) | {"detach_interface": False}


@pytest.mark.parametrize("folder", ["functions/check_detached", "functions/detach_interface"])
def test_a_step_that_only_reads_cannot_write(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment names no audit table and no queue: it fails before it calls AWS."""
    for variable, value in FUNCTIONS[folder].items():
        monkeypatch.setenv(variable, value)
    step = composition(folder)()

    with pytest.raises(NotImplementedError, match="only reads the ledger"):
        step.ledger.commit(Move(None, a_record()), TRACE)
    with pytest.raises(NotImplementedError, match="put"):
        step.queue.put([], None)


def test_no_function_imports_an_adapter() -> None:
    """Bootstrap alone knows the concrete classes."""
    assert [] == [folder for folder in FUNCTIONS if "dualhome.adapters" in source(folder)]
