"""IAM's policy simulation: its context, which ministack does not read, and roles under a path."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from localcloud.patches import internals

_given: ContextVar[Mapping[str, list[str]] | None] = ContextVar("_given", default=None)
"""What the simulation that runs now was given; None for the calls of others."""


def install() -> None:
    """Let SimulatePrincipalPolicy decide by the condition keys that it is given; call once."""
    parameters = internals.original(internals.IAM, "_extract_simulate_params")
    results = internals.original(internals.IAM, "_build_simulate_results_real")
    evaluate = internals.original(internals.IAM_EVALUATOR, "evaluate")
    policies_of = internals.original(internals.IAM_EVALUATOR, "_gather_role_policies")

    def with_context(asked: Mapping[str, Any]) -> Any:  # noqa: ANN401 - ministack's own
        _given.set(_entries(asked))
        return parameters(asked)

    def and_without(*args: Any) -> Any:  # noqa: ANN401 - ministack's own
        try:
            return results(*args)
        finally:
            _given.set(None)

    def by_context(context: Any, *policies: Any) -> Any:  # noqa: ANN401 - ministack's own
        if (given := _given.get()) is not None:
            context.service_context = {
                key: values[0] if len(values) == 1 and key != "aws:tagkeys" else values
                for key, values in given.items()
            }
        return evaluate(context, *policies)

    def by_name(role: str, account: str) -> Any:  # noqa: ANN401 - ministack's own
        """The simulation is given a role's ARN, whose name may follow a path."""
        return policies_of(role.rpartition("/")[2], account)

    internals.replace(internals.IAM_EVALUATOR, "_gather_role_policies", by_name)
    internals.replace(internals.IAM, "_extract_simulate_params", with_context)
    internals.replace(internals.IAM, "_build_simulate_results_real", and_without)
    internals.replace(internals.IAM_EVALUATOR, "evaluate", by_context)


def _entries(asked: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """Read ``ContextEntries.member.N``, in IAM's query form; keys in lower case."""
    found: dict[str, list[str]] = {}
    number = 1
    while name := _first(asked.get(f"ContextEntries.member.{number}.ContextKeyName")):
        prefix = f"ContextEntries.member.{number}.ContextKeyValues.member."
        keys = sorted(key for key in asked if key.startswith(prefix))
        found[name.lower()] = [_first(asked[key]) for key in keys]
        number += 1
    return found


def _first(value: Any) -> str:  # noqa: ANN401 - a text, or a list of one
    return str(value[0]) if isinstance(value, list) else str(value or "")
