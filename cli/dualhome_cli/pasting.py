"""Commands as they are printed: pasted into a shell, they reach the stack that was asked."""

import re
import shlex

import click

from dualhome_cli.main import COMMANDS
from dualhome_cli.stack import Stack

DEFAULT = "dualhome"
"""The stack that needs not be named."""

_NAMES = "|".join(name for section in COMMANDS.values() for name in section)
_OURS = re.compile(rf"\bdualhome (?=({_NAMES})\b)")
_AWS = re.compile(r"\baws [a-z0-9-]+ [a-z-]+")


def pasted(text: str, stack: Stack) -> str:
    """
    Return ``text`` with the operator's own options in each command of it.

    Those of dualhome get what was given: profile, Region, stack. Those of the AWS CLI always get
    the Region, since a shell has a default of its own.
    """
    given = _given()
    profile = given.get("--profile")
    ours = shlex.join(word for pair in given.items() for word in pair)
    aws = shlex.join([*(["--profile", profile] if profile else []), "--region", stack.region])
    text = _AWS.sub(lambda found: f"{found[0]} {aws}", text)
    return _OURS.sub(lambda found: f"{found[0]}{ours} " if ours else found[0], text)


def _given() -> dict[str, str]:
    """Return the options that say where the stack is, as far as they were given."""
    context = click.get_current_context(silent=True)
    values = context.find_root().params if context else {}
    known = {it: values.get(it) for it in ("profile", "region", "stack_name")}
    return {
        f"--{name.replace('_', '-')}": value
        for name, value in known.items()
        if value and (name, value) != ("stack_name", DEFAULT)
    }
