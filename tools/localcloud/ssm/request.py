"""One call of Systems Manager, its parameters checked, and its refusal."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localcloud.ec2.api.call import Scope

Result = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """A call as the JSON protocol carries it."""

    action: str
    data: Mapping[str, Any]
    scope: Scope
    access_key: str = ""

    def taking(self, *names: str) -> "Request":
        """
        Return the request, which says nothing but ``names``.

        Raises:
            SsmError: it has a member that AWS knows and the local Systems Manager lacks.
        """
        if lacking := sorted(self.data.keys() - {*names}):
            said = ", ".join(lacking)
            raise invalid(f"The local Systems Manager lacks {said} of {self.action}.")
        return self

    def required(self, name: str, pattern: str = ".+") -> str:
        """
        Return a text that matches ``pattern`` as a whole.

        Raises:
            SsmError: it is missing or does not match.
        """
        value = self.data.get(name)
        if value is None:
            raise _constraint(name, value, "Member must not be null")
        if not isinstance(value, str) or not re.fullmatch(pattern, value, re.DOTALL):
            constraint = f"Member must satisfy regular expression pattern: {pattern}"
            raise _constraint(name, value, constraint)
        return value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """
        Return a whole number.

        Raises:
            SsmError: it is none, or beyond the limits.
        """
        value = self.data.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            constraint = f"Member must have value greater than or equal to {least}"
            raise _constraint(name, value, constraint)
        if value > most:
            raise _constraint(name, value, f"Member must have value less than or equal to {most}")
        return value

    def page(self, items: Sequence[Result], default: int) -> tuple[Sequence[Result], Result]:
        """
        Return the page that is asked for, and what the reply says of the next.

        Raises:
            SsmError: ``NextToken`` is none of ours.
        """
        token = str(self.data.get("NextToken") or "0")
        if not token.isdecimal():
            raise SsmError("InvalidNextToken", "The specified token isn't valid.")
        end = int(token) + self.number("MaxResults", default, 1, 50)
        return items[int(token) : end], {"NextToken": str(end)} if end < len(items) else {}


class SsmError(Exception):
    """Systems Manager's refusal: a code, a message, an HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        """Keep what the reply needs."""
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


def invalid(message: str) -> SsmError:
    """Return the refusal of a request that is malformed."""
    return SsmError("ValidationException", message)


def _constraint(name: str, value: object, constraint: str) -> SsmError:
    member = name[0].lower() + name[1:]
    failed = f"Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    return invalid(f"1 validation error detected: {failed}")
