"""What all values of the domain have in common."""

import dataclasses
import pkgutil
from importlib import import_module

from dualhome import domain
from tests.support.offenders import offenders

MODULES = [
    import_module(it.name)
    for it in pkgutil.walk_packages(domain.__path__, prefix="dualhome.domain.")
]
VALUES: dict[str, type] = {
    it.__name__: it
    for module in MODULES
    for it in vars(module).values()
    if isinstance(it, type) and dataclasses.is_dataclass(it)
}


def test_every_value_is_frozen_and_has_no_room_for_more() -> None:
    """A plan may be kept, compared and made again only if nothing it rests on can change."""
    assert {} == offenders(
        VALUES,
        lambda value: {
            "is frozen": value.__dataclass_params__.frozen,  # type: ignore[attr-defined]
            "has slots": "__slots__" in vars(value),
        },
    )


def test_the_domain_has_values() -> None:
    """The test above would pass if it found none."""
    assert {"InstanceView", "Write", "Move", "Attachment"} <= set(VALUES)
