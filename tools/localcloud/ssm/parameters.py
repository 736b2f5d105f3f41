"""The values of a command's parameters, and how an agent puts them into a script."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from localcloud.ssm.content import Content, Parameter, Step
from localcloud.ssm.request import SsmError

Value = str | list[str]
LIST = "StringList"
VARIABLES_SINCE = (3, 3, 2746, 0)
"""The first agent that knows ``interpolationType``."""

# amazon-ssm-agent, pluginutil.ValidateExecutionTimeout: what is beyond them counts as the default.
LEAST_SECONDS, MOST_SECONDS, USUAL_SECONDS = 5, 172_800, 3600
FORMS = {"Boolean": "true|false", "Integer": r"-?\d+"}


@dataclass(frozen=True)
class Script:
    """What an agent runs for a step; ``seconds`` is the limit of its execution."""

    text: str
    variables: dict[str, str]
    seconds: int


def check_values(content: Content, given: object) -> dict[str, Value]:
    """
    Return the value of each of a document's parameters.

    ``allowedPattern`` must be found in the value: AWS does not say that it must match the whole,
    so a document that does not anchor it is not protected here either.

    Source: Systems Manager API Reference, SendCommand (Parameters, InvalidParameters).

    Raises:
        SsmError: a value is missing, unknown, or not allowed.
    """
    if not isinstance(given, dict):
        raise _refused("they must be an object")
    if unknown := sorted(given.keys() - content.parameters.keys()):
        raise _refused(f"the document does not define {', '.join(unknown)}")
    return {name: _value(it, given.get(name)) for name, it in content.parameters.items()}


def _value(parameter: Parameter, given: object) -> Value:
    name = parameter.name
    if given is None:
        given = parameter.default
        if given is None:
            raise _refused(f"a value for {name} is required")
    values = [given] if isinstance(given, str | int) else given
    if not isinstance(values, list) or not all(isinstance(it, str | int) for it in values):
        raise _refused(f"{name} must be a list of texts")
    texts = [json.dumps(it) if isinstance(it, bool) else str(it) for it in values]
    if parameter.type != LIST and len(texts) != 1:
        raise _refused(f"{name} takes one value, not {len(texts)}")
    if not parameter.items[0] <= len(texts) <= parameter.items[1]:
        raise _refused(f"{name} has {len(texts)} items")
    for text in texts:
        _check_text(parameter, text)
    return texts if parameter.type == LIST else texts[0]


def _check_text(parameter: Parameter, text: str) -> None:
    name = parameter.name
    if not parameter.chars[0] <= len(text) <= parameter.chars[1]:
        raise _refused(f"{name} has {len(text)} characters")
    if not re.fullmatch(FORMS.get(parameter.type, ".*"), text, re.DOTALL):
        raise _refused(f"{name} must be of type {parameter.type}")
    allowed = [str(it) for it in parameter.allowed_values]
    if allowed and text not in allowed:
        raise _refused(f"{name} must be one of {', '.join(allowed)}")
    if not re.search(parameter.allowed_pattern, text):
        raise _refused(f"{name} does not match {parameter.allowed_pattern}")


def script_of(
    step: Step, content: Content, values: Mapping[str, Value], agent_version: str
) -> Script:
    """
    Return what the agent of a guest runs for a step.

    ``{{ name }}`` becomes the value itself, shell syntax and all, unless the parameter's
    ``interpolationType`` is ENV_VAR: then the value is in the variable ``SSM_name``, and
    ``{{ name }}`` stays as it is, which AWS does not document. An agent that does not know
    ``interpolationType`` ignores it.

    Sources: Systems Manager User Guide, "Data elements and parameters" and "Troubleshooting
    parameter handling issues"; amazon-ssm-agent, docparser/parameters.
    """
    able = tuple(map(int, agent_version.split("."))) >= VARIABLES_SINCE
    variables = {name for name, it in content.parameters.items() if able and it.as_variable}
    inline = {name: value for name, value in values.items() if name not in variables}
    seconds = _interpolate(step.seconds, inline)
    return Script(
        text="".join(f"{line}\n" for line in _lines(step, inline)),
        variables={f"SSM_{name}": _text(values[name]) for name in variables},
        seconds=_limit(seconds),
    )


def _lines(step: Step, values: Mapping[str, Value]) -> Iterator[str]:
    """A line that is nothing but a list's name becomes the lines of the list."""
    for line in step.lines:
        whole = re.fullmatch(r"{{\s*([a-zA-Z0-9]+)\s*}}", line)
        value = values.get(whole[1]) if whole else None
        yield from value if isinstance(value, list) else [_interpolate(line, values)]


def _interpolate(text: str, values: Mapping[str, Value]) -> str:
    def value_of(found: re.Match[str]) -> str:
        return _text(values[found[1]]) if found[1] in values else found[0]

    return re.sub(r"{{\s*([a-zA-Z0-9]+)\s*}}", value_of, text)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _limit(seconds: str) -> int:
    number = int(seconds) if seconds.isdecimal() else USUAL_SECONDS
    return number if LEAST_SECONDS <= number <= MOST_SECONDS else USUAL_SECONDS


def _refused(why: str) -> SsmError:
    return SsmError("InvalidParameters", f"Invalid parameters: {why}.")
