"""What ministack's IAM and CloudFormation do by an alternative, and only then."""

from typing import Any

from localcloud.patches import internals
from localcloud.server.alternatives import Alternatives

ENCLOSING = "dynamodb:EnclosingOperation"


def install(alternatives: Alternatives) -> None:
    """Let evaluator and UpdateStack follow ``alternatives``; call once."""
    matches = internals.original(internals.IAM_EVALUATOR, "_evaluate_single_condition")
    enforce = internals.original(internals.IAM_EVALUATOR, "enforce")
    actions = internals.original(internals.CLOUDFORMATION, "_ACTION_HANDLERS")
    update = actions["UpdateStack"]

    def condition(operator: str, actual: object, expected: list[str]) -> bool:
        nothing = actual is None and operator.lower().startswith("forallvalues:")
        if nothing and alternatives.nothing_fails_for_all_values:
            return False
        return bool(matches(operator, actual, expected))

    def enforcing(*args: Any, **more: Any) -> Any:  # noqa: ANN401 - ministack's own
        keys = more.get("service_context") or {}
        if ENCLOSING in keys and alternatives.transactions_have_no_enclosing_operation:
            more["service_context"] = {key: it for key, it in keys.items() if key != ENCLOSING}
        return enforce(*args, **more)

    def updating(params: dict[str, Any]) -> Any:  # noqa: ANN401 - ministack's own
        if alternatives.previous_template_with_a_macro_is_refused and _previous(params):
            answer = internals.original(internals.CLOUDFORMATION_ANSWERS, "_error")
            return answer("ValidationError", "The previous template has a transform.")
        return update(params)

    internals.replace(internals.IAM_EVALUATOR, "_evaluate_single_condition", condition)
    internals.replace(internals.IAM_EVALUATOR, "enforce", enforcing)
    actions["UpdateStack"] = updating


def _previous(params: dict[str, Any]) -> bool:
    given = params.get("UsePreviousTemplate", "")
    return str(given[0] if isinstance(given, list) else given).lower() == "true"
