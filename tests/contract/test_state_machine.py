"""The rollback's definition: every path ends, every step is retried by name, none is left alone."""

import json
from collections.abc import Iterator
from typing import Any

from dualhome.application.rollback import POLLS
from dualhome.domain import errors
from dualhome.domain.states import poll_delay
from tests.support.offenders import offenders
from tests.support.readers.template import ROOT, resources

DEFINITION = json.loads((ROOT / "statemachines/rollback.asl.json").read_text(encoding="utf-8"))
STATES: dict[str, dict[str, Any]] = DEFINITION["States"]
TASKS = {name: name for name, state in STATES.items() if state["Type"] == "Task"}
LAST_RESORT = "Mark stuck"
ENDS = {"Succeed", "Fail"}

SERVICE_ERRORS = ("TooManyRequests", "Service", "AWSLambda", "SdkClient")

# Only the step that asks EC2 to detach is held back while the stack is paused; none waits for that.
ENDED_BY_A_PAUSE = {"PausedError", "PauseUnreadError"}
DETACH = "Detach interface"


def leaves(kind: type[errors.DualhomeError]) -> set[str]:
    """Return the names of ``kind``'s classes that have no subclass: what code raises."""
    below = kind.__subclasses__()
    return set().union(*map(leaves, below)) if below else {kind.__name__}


def nexts(state: dict[str, Any]) -> Iterator[str]:
    """Yield every state that may follow."""
    for holder in (state, *state.get("Choices", []), *state.get("Catch", [])):
        yield from (holder[key] for key in ("Next", "Default") if key in holder)


def reachable(start: str) -> set[str]:
    """Return the states that can be reached from ``start``, itself included."""
    found, rest = set(), [start]
    while rest:
        name = rest.pop()
        if name not in found:
            found.add(name)
            rest += nexts(STATES[name])
    return found


def retried(name: str) -> dict[str, dict[str, Any]]:
    """Return what a task retries: the retrier of each error name."""
    retriers = STATES[name]["Retry"]
    return {error: retrier for retrier in retriers for error in retrier["ErrorEquals"]}


def test_every_next_is_a_state() -> None:
    """Neither CloudFormation nor the linters notice a name that leads nowhere."""
    named = {name for state in STATES.values() for name in nexts(state)}

    assert named | {DEFINITION["StartAt"]} <= STATES.keys()


def test_every_state_is_reached() -> None:
    """A state that nothing leads to is a step that never happens."""
    assert reachable(DEFINITION["StartAt"]) == STATES.keys()


def test_every_state_comes_to_an_end() -> None:
    """A loop without a way out would keep the interface claimed for a year."""

    def facts(name: str) -> dict[str, object]:
        return {
            "reaches an end": any(STATES[end]["Type"] in ENDS for end in reachable(name)),
            "goes on": STATES[name]["Type"] in ENDS or list(nexts(STATES[name])),
        }

    assert {} == offenders({name: name for name in STATES}, facts)


def test_every_transient_error_is_retried_by_each_step_and_bounded() -> None:
    """Step Functions matches class names, knows no inheritance, and so lists every leaf."""

    def facts(name: str) -> dict[str, bool]:
        missing = leaves(errors.TransientError) - ENDED_BY_A_PAUSE - retried(name).keys()
        bounded = {
            f"{error} {retrier}": 0 < retrier["MaxAttempts"] <= 60
            and retrier.get("JitterStrategy") == "FULL"
            for error, retrier in retried(name).items()
        }
        return {
            f"{missing} are retried": not missing,
            "a pause is not": "PausedError" not in retried(name),
        } | bounded

    assert {} == offenders(TASKS, facts)


def test_what_passes_by_itself_is_retried_for_about_half_an_hour() -> None:
    """A new account has few concurrent executions: minutes without one make no rollback stuck."""
    passing = leaves(errors.TransientError) - ENDED_BY_A_PAUSE
    passing |= {f"Lambda.{error}Exception" for error in SERVICE_ERRORS}

    def facts(name: str) -> dict[str, bool]:
        outlasted = (passing & retried(name).keys()) - {"InstanceStateError"}
        waits = {error: mean_wait(retried(name)[error]) for error in outlasted}
        lambdas = {error for error in passing if "." in error}
        return {f"{waits}": all(25 * 60 <= it <= 40 * 60 for it in waits.values())} | {
            "Lambda's own": lambdas <= outlasted
        }

    assert {} == offenders(TASKS, facts)


def test_a_pause_ends_the_execution_well_and_before_the_last_resort() -> None:
    """Step Functions takes the first catcher that matches; a failure would be counted as a try."""
    first, last = STATES[DETACH]["Catch"]

    assert ENDED_BY_A_PAUSE == set(first["ErrorEquals"])
    assert ("$.error", "Paused") == (first["ResultPath"], first["Next"])
    assert ["States.ALL"] == last["ErrorEquals"]
    assert "Succeed" == STATES["Paused"]["Type"]


def test_a_pause_that_cannot_be_read_is_read_again_for_two_minutes() -> None:
    """A blip passes; an item of another version is left to the sweep, like a pause."""
    assert 60 <= mean_wait(retried(DETACH)["PauseUnreadError"]) <= 180


def test_an_execution_outlives_the_polls_and_an_outage_of_any_one_step() -> None:
    """What takes longer is timed out: its alarm is raised, and a sweep begins another try."""
    polls = sum(poll_delay(number).total_seconds() for number in range(1, POLLS))
    outage = max(mean_wait(it) for name in TASKS for it in retried(name).values())

    assert 15 * 60 < polls < 17 * 60
    assert polls + outage < DEFINITION["TimeoutSeconds"] <= 2 * 3600


def mean_wait(retrier: dict[str, Any]) -> float:
    """Return the seconds that a retrier waits in all: full jitter halves each wait."""
    first, rate, longest = (
        float(retrier[key]) for key in ("IntervalSeconds", "BackoffRate", "MaxDelaySeconds")
    )
    return sum(min(first * rate**number, longest) / 2 for number in range(retrier["MaxAttempts"]))


def test_what_is_retried_is_an_error_that_exists() -> None:
    """AWS's own names have a dot; every other one is a class of ours."""
    ours = leaves(errors.DualhomeError)

    assert {} == offenders(
        TASKS, lambda name: {error: "." in error or error in ours for error in retried(name)}
    )


def test_each_step_has_a_timeout_and_a_last_resort_that_keeps_its_input() -> None:
    """What a step meets goes beside what the rollback is about, never in its place."""
    last = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": LAST_RESORT}]

    def facts(name: str) -> dict[str, bool]:
        state = STATES[name]
        return {
            "has a timeout": 0 < state["TimeoutSeconds"] <= 300,
            "catches": (state.get("Catch") or [])[-1:] == ([] if name == LAST_RESORT else last),
        }

    assert {} == offenders(TASKS, facts)


def test_each_step_is_a_function_of_the_template() -> None:
    """A placeholder that the template does not fill is sent to AWS as it stands."""
    (machine,) = resources("Serverless::StateMachine").values()
    placeholders = {STATES[name]["Resource"] for name in TASKS}

    assert placeholders == {f"${{{key}}}" for key in machine["DefinitionSubstitutions"]}
    assert len(placeholders) == len(TASKS)
