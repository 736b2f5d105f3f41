"""The ids that texts name: for programs they are fields, not words in a sentence."""

import re
from collections.abc import Iterable, Iterator

from dualhome.domain.identifiers import InstanceId, InterfaceId, VpcId

_ID = re.compile(r"\b(?:i|eni|vpc|subnet)-[0-9a-f]+\b")


def mentions(*texts: str) -> tuple[str, ...]:
    """Return the ids of instances, interfaces, VPCs and subnets in ``texts``, each once."""
    return tuple(dict.fromkeys(found for text in texts for found in _ID.findall(text)))


def instances_in(texts: Iterable[str]) -> tuple[InstanceId, ...]:
    """Return the instances in ``texts``, each once."""
    return tuple(map(InstanceId, _of_kind("i-", texts)))


def interfaces_in(texts: Iterable[str]) -> tuple[InterfaceId, ...]:
    """Return the interfaces in ``texts``, each once."""
    return tuple(map(InterfaceId, _of_kind("eni-", texts)))


def vpcs_in(texts: Iterable[str]) -> tuple[VpcId, ...]:
    """Return the VPCs in ``texts``, each once."""
    return tuple(map(VpcId, _of_kind("vpc-", texts)))


def _of_kind(prefix: str, texts: Iterable[str]) -> Iterator[str]:
    return (it for it in mentions(*texts) if it.startswith(prefix))
