"""The environment of a function, read once, each variable named if it is missing or wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from dualhome.domain.identifiers import AccountId
from dualhome.domain.status import StatusScope

WORDS = {"on_overlapping_cidr": ("warn", "refuse"), "on_consent_withdrawn": ("keep", "release")}
NUMBERS = (
    "audit_retention_days",
    "max_releases_per_sweep",
    "pool_low_water",
    "release_delay_seconds",
)


class SettingsError(Exception):
    """A variable of the environment is missing or wrong; the message names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field is the variable of the same name in capitals; the template sets them all."""

    attachments_table: str
    audit_table: str
    changes_queue_url: str
    status_queue_url: str
    publish_failures_queue_url: str
    rollback_state_machine: str
    tag_prefix: str
    status_tags: StatusScope
    on_overlapping_cidr: str
    on_consent_withdrawn: str
    audit_retention_days: int
    max_releases_per_sweep: int
    release_delay_seconds: int
    paused: bool
    pool_low_water: int
    account_id: AccountId

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """
        Return the settings that ``environment`` holds.

        Raises:
            SettingsError: a variable is missing, or has a value it cannot have.
        """
        names = {field.name: field.name.upper() for field in fields(cls)}
        missing = [name for name in names.values() if not environment.get(name)]
        if missing:
            raise SettingsError(f"not set: {', '.join(missing)}; the template sets them")
        values: dict[str, Any] = {field: environment[name] for field, name in names.items()}
        for name, words in WORDS.items():
            if values[name] not in words:
                expected = " or ".join(words)
                raise SettingsError(f"{name.upper()}={values[name]!r}: expected {expected}")
        if values["paused"] not in {"true", "false"}:
            raise SettingsError(f"PAUSED={values['paused']!r}: expected true or false")
        if values["status_tags"] not in set(StatusScope):
            raise SettingsError(
                f"STATUS_TAGS={values['status_tags']!r}: expected {', '.join(StatusScope)}"
            )
        values["status_tags"] = StatusScope(values["status_tags"])
        values["paused"] = values["paused"] == "true"
        values |= {name: _number(name, values[name]) for name in NUMBERS}
        values["account_id"] = AccountId(values["account_id"])
        return cls(**values)


def _number(name: str, value: str) -> int:
    if not value.isdecimal():
        raise SettingsError(f"{name.upper()}={value!r}: expected a number, 0 or more")
    return int(value)
