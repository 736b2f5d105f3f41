"""Reads the templates as CloudFormation would, and what their roles are granted."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
FUNCTIONS_OF_LISTS = {"Equals", "If", "Not", "Or", "Select", "Split"}
NOTHING = "${AWS::NoValue}"
PSEUDO_PARAMETERS = {
    "AWS::AccountId": "111122223333",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "dualhome",
}

Json = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags; all become text with ``${…}`` in it."""


def _text(loader: _Loader, tag: str, node: yaml.Node) -> str | Json:
    if tag in FUNCTIONS_OF_LISTS and isinstance(node, yaml.SequenceNode):
        return {f"Fn::{tag}": loader.construct_sequence(node, deep=True)}
    if tag not in {"Ref", "GetAtt", "Sub"} or not isinstance(node, yaml.ScalarNode):
        raise ValueError(f"!{tag}: say in tests/support/readers/template.py what it means")
    text = str(loader.construct_scalar(node))
    return text if tag == "Sub" else f"${{{text}}}"


_Loader.add_multi_constructor("!", _text)


@cache
def source(file: str = "template.yaml") -> str:
    """Return a template as it is written."""
    return (ROOT / file).read_text(encoding="utf-8")


def load(**parameters: str) -> Json:
    """
    Return the template with ``parameters`` put in, and defaults for the others.

    What only a deployment knows stays text: ``${ChangesQueue.Arn}``.
    """
    body = parsed("template.yaml")
    defaults = {name: str(it.get("Default", "")) for name, it in body["Parameters"].items()}
    filled: Json = _chosen(_filled(body, PSEUDO_PARAMETERS | defaults | parameters))
    return filled


def load_observability(**parameters: str) -> Json:
    """Return the stack of alarms and dashboard with what the stack above it gives it put in."""
    stack = resources("CloudFormation::Stack", **parameters)["Observability"]
    given = {name: str(value) for name, value in stack["Parameters"].items()}
    filled: Json = _filled(parsed(stack["TemplateURL"]), PSEUDO_PARAMETERS | given)
    return filled


@cache
def parsed(file: str) -> Json:
    """Return a template with nothing put in: references stay text. All readers share it."""
    body: Json = yaml.load(source(file), Loader=_Loader)  # noqa: S506 - a SafeLoader
    return body


def _filled(value: Any, values: dict[str, str]) -> Any:  # noqa: ANN401 - any YAML value
    match value:
        case {"Fn::Select": [index, parts]}:
            return _filled(parts, values)[index]
        case {"Fn::Split": [separator, text]}:
            return _filled(text, values).split(separator)
        case dict():
            return {key: _filled(item, values) for key, item in value.items()}
        case list():
            return [_filled(item, values) for item in value]
        case str():
            return re.sub(r"\$\{([\w:]+)\}", lambda it: values.get(it[1], it[0]), value)
        case _:
            return value


def _chosen(template: Json) -> Json:
    """Return a template with what its conditions choose, and without what they leave out."""
    met = {name: _is_met(it) for name, it in template.get("Conditions", {}).items()}

    def choose(value: Any) -> Any:  # noqa: ANN401 - any YAML value
        match value:
            case {"Fn::If": [condition, if_met, otherwise]}:
                return choose(if_met if met[condition] else otherwise)
            case dict():
                chosen = {key: choose(item) for key, item in value.items()}
                return {key: it for key, it in chosen.items() if it != NOTHING}
            case list():
                return [it for it in map(choose, value) if it != NOTHING]
            case _:
                return value

    chosen: Json = choose(template)
    return chosen


def _is_met(condition: Json) -> bool:
    match condition:
        case {"Fn::Or": parts}:
            return any(map(_is_met, parts))
        case {"Fn::Not": [part]}:
            return not _is_met(part)
        case {"Fn::Equals": [one, other]}:
            return bool(one == other)
        case _:
            raise ValueError(f"{condition}: say in tests/support/readers/template.py what it means")


def resources(kind: str, **parameters: str) -> dict[str, Json]:
    """Return the properties of each resource of type ``AWS::<kind>``, by logical id."""
    return of_kind(load(**parameters), kind)


def of_kind(template: Json, kind: str) -> dict[str, Json]:
    """Return the properties of each resource of type ``AWS::<kind>`` in a loaded template."""
    found = template["Resources"].items()
    return {name: it["Properties"] for name, it in found if it["Type"] == f"AWS::{kind}"}


def statements(role: Json) -> list[Json]:
    """Return the statements of the policies of ``role``, actions and resources as lists."""
    documents = [policy["PolicyDocument"] for policy in role["Policies"]]
    parsed = [json.loads(it) if isinstance(it, str) else it for it in documents]
    return [
        it | {"Action": _as_list(it["Action"]), "Resource": _as_list(it["Resource"])}
        for document in parsed
        for it in document["Statement"]
    ]


def _as_list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


ROLES = resources("IAM::Role")


def granted(resource: str, action: str = "") -> list[tuple[str, str, Json]]:
    """Return (role, ARN, statement) of what is granted on ARNs with ``resource`` in them."""
    return [
        (role, arn, statement)
        for role, properties in ROLES.items()
        for statement in statements(properties)
        for arn in statement["Resource"]
        if statement["Effect"] == "Allow"
        if resource in arn and (not action or action in statement["Action"])
    ]
