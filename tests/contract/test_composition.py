"""What bootstrap composes for each function, of the environment that the template gives it."""

import os
import re
from collections.abc import Callable
from typing import Any

import pytest

from dualhome import bootstrap
from dualhome.adapters.dynamodb.ledger import DynamoDbLedger, DynamoDbRecords
from dualhome.adapters.sqs import SqsReconcileQueue
from dualhome.domain.errors import PausedError
from dualhome.settings import SettingsError
from tests.support.readers.template import ROOT, resources

FUNCTIONS = {
    function["CodeUri"]: function["Environment"]["Variables"]
    for function in resources("Serverless::Function").values()
}

CLIENT = bootstrap._ec2  # noqa: SLF001 - of no port does one see which hooks its client has


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


@pytest.mark.parametrize("folder", ["functions/check_detached", "functions/detach_interface"])
def test_a_step_that_only_reads_has_nothing_to_write_with(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its environment names no audit table and no queue."""
    for variable, value in FUNCTIONS[folder].items():
        monkeypatch.setenv(variable, value)
    step = composition(folder)()
    parts = {type(cell.cell_contents) for cell in step.__closure__}

    assert DynamoDbRecords in parts
    assert {DynamoDbLedger, SqsReconcileQueue}.isdisjoint(parts)
    assert not hasattr(DynamoDbRecords, "commit")


@pytest.mark.parametrize("folder", ["functions/reconcile_instances", "functions/detach_interface"])
def test_who_attaches_or_detaches_reads_the_pause_before_each_request(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """botocore asks at each try. There are no credentials here: unreadable is paused."""
    CLIENT.cache_clear()
    for variable, value in FUNCTIONS[folder].items():
        monkeypatch.setenv(variable, value)
    composition(folder)()
    events = CLIENT().meta.events

    for action in ("AttachNetworkInterface", "DetachNetworkInterface"):
        with pytest.raises(PausedError, match="the pause cannot be read"):
            events.emit(f"before-send.ec2.{action}", request=None)

    events.emit("before-send.ec2.DescribeInstances", request=None)


def test_no_function_imports_an_adapter() -> None:
    """Bootstrap alone knows the concrete classes."""
    assert [] == [folder for folder in FUNCTIONS if "dualhome.adapters" in source(folder)]
