"""The metric math of CloudWatch that is understood here: ``FILL``, ``IF`` and comparisons."""

import ast
from collections.abc import Mapping
from operator import ge, gt, le, lt

COMPARISONS = {ast.Gt: gt, ast.GtE: ge, ast.Lt: lt, ast.LtE: le}

Values = Mapping[str, float | None]


class MetricMathError(ValueError):
    """An expression has what is not understood here."""


def value_of(expression: str, values: Values) -> float | None:
    """
    Return what an expression is for one period; None where it has no value.

    ``values`` has each metric's value in the period, None where there is no data. What is computed
    from no data has none, unless ``FILL`` puts a value there. Where an ``IF`` is met and has no
    data to take, it takes 0.

    Source: Amazon CloudWatch User Guide, "Using metric math".

    Raises:
        MetricMathError: it has a function, an operator or a metric that is not known here.
    """
    try:
        return _of(ast.parse(expression, mode="eval").body, values)
    except SyntaxError as error:
        raise MetricMathError(f"{expression}: {error.msg}") from error


def _of(node: ast.expr, values: Values) -> float | None:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.Call(func=ast.Name(id="FILL"), args=[series, filler]):
            found = _of(series, values)
            return _of(filler, values) if found is None else found
        case ast.Call(func=ast.Name(id="IF"), args=[condition, met, otherwise]):
            return _chosen(_of(condition, values), met, otherwise, values)
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if (
            type(operator) in COMPARISONS
        ):
            one, other = _of(left, values), _of(right, values)
            if one is None or other is None:
                return None
            return float(COMPARISONS[type(operator)](one, other))
    raise MetricMathError(f"{ast.unparse(node)}: say in patches/metric_math.py what it means")


def _chosen(
    decided: float | None, met: ast.expr, otherwise: ast.expr, values: Values
) -> float | None:
    if decided:
        return _of(met, values) or 0.0
    return None if decided is None else _of(otherwise, values)
