"""
What a document of schema 2.2 says: its parameters and its steps.

Source: Systems Manager User Guide, "Data elements and parameters" (top-level data elements,
schema version 2.2) and "Command document plugin reference" (aws:runShellScript).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from localcloud.ssm.request import SsmError

SCHEMA = "2.2"
PLUGIN = "aws:runShellScript"
MOST_BYTES = 64 * 1024
TYPES = {"Boolean", "Integer", "String", "StringList"}
NAME = re.compile("[a-zA-Z0-9]+")
STEP_NAME = re.compile(r"[a-zA-Z0-9_\-]{1,128}")
DEFAULT_SECONDS = "3600"

TOP = {"schemaVersion", "description", "parameters", "mainSteps"}
OF_PARAMETER = {"type", "description", "default", "allowedValues", "allowedPattern"}
OF_PARAMETER |= {"minChars", "maxChars", "minItems", "maxItems", "displayType", "interpolationType"}
OF_STEP = {"action", "name", "inputs", "precondition"}
OF_INPUTS = {"runCommand", "timeoutSeconds"}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a document; ``default`` is None if a value must be given."""

    name: str
    type: str
    default: Any
    description: str
    allowed_values: tuple[Any, ...]
    allowed_pattern: str
    chars: tuple[int, int]
    items: tuple[int, int]
    as_variable: bool


@dataclass(frozen=True)
class Step:
    """A script; ``seconds`` is a number in digits, or names a parameter that has it."""

    name: str
    lines: tuple[str, ...]
    seconds: str
    platform: str


@dataclass(frozen=True)
class Content:
    """A document's content, read."""

    description: str
    parameters: dict[str, Parameter]
    steps: tuple[Step, ...]


def read_content(text: str, form: str) -> Content:
    """
    Read a document's content, in JSON or YAML.

    Raises:
        SsmError: it is too long, or not a document of schema 2.2, or it says what the local
            Systems Manager lacks.
    """
    if len(text.encode()) > MOST_BYTES:
        raise SsmError("MaxDocumentSizeExceeded", "The size limit of a document is 64 KB.")
    said = _parse(text, form)
    version = said.get("schemaVersion")
    if version != SCHEMA:
        message = (
            f"The local Systems Manager knows schema version '{SCHEMA}' alone, not {version!r}."
        )
        raise SsmError("InvalidDocumentSchemaVersion", message)
    _only(said, TOP, "the document")
    parameters = _mapping(said.get("parameters", {}), "parameters")
    steps = said.get("mainSteps")
    if not isinstance(steps, list) or not steps:
        raise _wrong("mainSteps must be a list of steps")
    read = tuple(_step(_mapping(step, "a step")) for step in steps)
    if len({step.name for step in read}) < len(read):
        raise _wrong("two steps have the same name")
    return Content(
        description=str(said.get("description", "")),
        parameters={
            name: _parameter(name, _mapping(it, f"parameter {name}"))
            for name, it in parameters.items()
        },
        steps=read,
    )


def _parse(text: str, form: str) -> Mapping[str, Any]:
    if form not in {"JSON", "YAML"}:
        raise _wrong(f"the local Systems Manager reads JSON and YAML, not {form}")
    try:
        said = json.loads(text) if form == "JSON" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as exc:
        raise _wrong(f"not {form}: {exc}") from exc
    return _mapping(said, "the document")


def _parameter(name: str, said: Mapping[str, Any]) -> Parameter:
    try:
        return _read_parameter(name, said)
    except (TypeError, ValueError) as exc:  # a limit that is no number, values that are no list
        raise _wrong(f"parameter {name}: {exc}") from exc


def _read_parameter(name: str, said: Mapping[str, Any]) -> Parameter:
    if not NAME.fullmatch(name):
        raise _wrong(f"parameter name {name!r} must match {NAME.pattern}")
    _only(said, OF_PARAMETER, f"parameter {name}")
    if said.get("type") not in TYPES:
        raise _wrong(f"parameter {name}: type must be one of {', '.join(sorted(TYPES))}")
    kind = said.get("interpolationType", "RAW")
    if kind not in {"RAW", "ENV_VAR"}:
        raise _wrong(f"parameter {name}: interpolationType {kind!r}")
    pattern = said.get("allowedPattern", "")
    try:
        re.compile(pattern)
    except (re.error, TypeError) as exc:
        raise _wrong(f"parameter {name}: allowedPattern {pattern!r}: {exc}") from exc
    return Parameter(
        name=name,
        type=said["type"],
        default=said.get("default"),
        description=str(said.get("description", "")),
        allowed_values=tuple(said.get("allowedValues", ())),
        allowed_pattern=pattern,
        chars=(int(said.get("minChars", 0)), int(said.get("maxChars", MOST_BYTES))),
        items=(int(said.get("minItems", 0)), int(said.get("maxItems", MOST_BYTES))),
        as_variable=kind == "ENV_VAR",
    )


def _step(said: Mapping[str, Any]) -> Step:
    name = said.get("name")
    if not isinstance(name, str) or not STEP_NAME.fullmatch(name):
        raise _wrong(f"step name {name!r} must match {STEP_NAME.pattern}")
    _only(said, OF_STEP, f"step {name}")
    if said.get("action") != PLUGIN:
        raise _wrong(f"step {name}: the local Systems Manager has the action {PLUGIN} alone")
    inputs = _mapping(said.get("inputs"), f"inputs of step {name}")
    _only(inputs, OF_INPUTS, f"inputs of step {name}")
    lines = inputs.get("runCommand")
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise _wrong(f"step {name}: runCommand must be a list of lines")
    platform = _platform(name, said.get("precondition"))
    return Step(name, tuple(lines), str(inputs.get("timeoutSeconds", DEFAULT_SECONDS)), platform)


def _platform(step: str, precondition: object) -> str:
    """Return the platform that a step is for."""
    if precondition is None:
        return "Linux"
    match precondition:
        case {"StringEquals": ["platformType", str(name)], **rest} if not rest:
            return name
        case {"StringEquals": [str(name), "platformType"], **rest} if not rest:
            return name
    raise _wrong(f"step {step}: precondition must be StringEquals of platformType and a platform")


def _mapping(said: object, what: str) -> Mapping[str, Any]:
    if not isinstance(said, dict) or not all(isinstance(key, str) for key in said):
        raise _wrong(f"{what} must be an object")
    return said


def _only(said: Mapping[str, Any], known: set[str], what: str) -> None:
    if unknown := sorted(said.keys() - known):
        raise _wrong(f"{what}: {', '.join(unknown)} is unknown to the local Systems Manager")


def _wrong(why: str) -> SsmError:
    return SsmError("InvalidDocumentContent", f"The content for the document isn't valid: {why}.")
