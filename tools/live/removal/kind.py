"""One kind of resource that a run makes: how it is found, how it is removed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from live.tagging import RUN_TAG

Clients = Callable[[str], Any]
"""Returns the client of a service."""

GONE = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist")


@dataclass(frozen=True)
class Kind:
    """
    ``find`` names what there is of the kind with the tag of a run; ``remove`` removes it.

    What is gone already is no error to ``remove``.
    """

    name: str
    find: Callable[[Clients], Sequence[str]]
    remove: Callable[[Clients, Sequence[str]], None]


def carries_run_tag(tags: Iterable[Mapping[str, Any]] | Mapping[str, str]) -> bool:
    """Return whether tags, in any of AWS's forms, are those of something that a run has made."""
    if isinstance(tags, Mapping):
        return RUN_TAG in tags
    return any(RUN_TAG in (tag.get("Key"), tag.get("key")) for tag in tags)


@contextmanager
def if_present() -> Iterator[None]:
    """Run a call; what is gone already is no error."""
    try:
        yield
    except ClientError as error:
        if not any(word in error.response["Error"]["Code"] for word in GONE):
            raise
