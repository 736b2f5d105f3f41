"""EC2's filters, in as many calls as their values need."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import FilterTypeDef

FILTER_VALUES = 200
"""Values one call's filters take (EC2 API Reference, "Filter")."""


def filters(name: str, values: Iterable[str]) -> Iterator["FilterTypeDef"]:
    """Yield filters on ``name`` that together let pass each of ``values``, one for each call."""
    wanted = sorted(values)
    for start in range(0, len(wanted), FILTER_VALUES):
        yield {"Name": name, "Values": wanted[start : start + FILTER_VALUES]}
