"""
The environment of each function: what it reads, and no more.

A class of settings is named after a function of the template; each field is the variable of the
same name in capitals. With one class for all, a wrong variable that a single function reads would
stop every function, and a change of a parameter would update every function.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, get_type_hints

from dualhome.domain.identifiers import AccountId
from dualhome.domain.status import StatusScope

Kind = TypeVar("Kind")


class SettingsError(Exception):
    """Variables of the environment are missing or wrong; the message names each."""


class OnOverlappingCidr(StrEnum):
    """What becomes of an attachment between VPCs whose addresses overlap."""

    WARN = "warn"
    REFUSE = "refuse"


class OnConsentWithdrawn(StrEnum):
    """What becomes of an attachment whose target's VPC has withdrawn its consent."""

    KEEP = "keep"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class ReconcileInstancesSettings:
    """The reconciler plans, so it reads all that a plan depends on."""

    attachments_table: str
    audit_table: str
    audit_retention_days: int
    changes_queue_url: str
    rollback_state_machine: str
    account_id: AccountId
    tag_prefix: str
    on_overlapping_cidr: OnOverlappingCidr
    on_consent_withdrawn: OnConsentWithdrawn
    release_delay_seconds: int
    max_releases_per_sweep: int
    paused: bool


@dataclass(frozen=True, slots=True)
class PublishChangesSettings:
    """The publisher reads its moves from the stream."""

    status_queue_url: str
    publish_failures_queue_url: str
    status_tags: StatusScope


@dataclass(frozen=True, slots=True)
class WriteStatusSettings:
    """The status writer hides messages of the queue that it reads from."""

    attachments_table: str
    status_queue_url: str
    tag_prefix: str
    status_tags: StatusScope


@dataclass(frozen=True, slots=True)
class SweepAccountSettings:
    """The sweeper compares, and plans nothing: it needs no delay and no rule for overlaps."""

    attachments_table: str
    changes_queue_url: str
    status_queue_url: str
    account_id: AccountId
    tag_prefix: str
    status_tags: StatusScope
    on_consent_withdrawn: OnConsentWithdrawn
    max_releases_per_sweep: int
    pool_low_water: int
    paused: bool


@dataclass(frozen=True, slots=True)
class DetachInterfaceSettings:
    """Of the rollback's steps this one alone detaches: a pause stops it."""

    attachments_table: str
    paused: bool


@dataclass(frozen=True, slots=True)
class CheckDetachedSettings:
    """The record names the interface that EC2 is asked about."""

    attachments_table: str


@dataclass(frozen=True, slots=True)
class CloseAttachmentSettings:
    """The last step writes a move, and requeues the instances that wait for the interface."""

    attachments_table: str
    audit_table: str
    audit_retention_days: int
    changes_queue_url: str
    account_id: AccountId


@dataclass(frozen=True, slots=True)
class MarkStuckSettings:
    """The step that gives up writes a move, and frees nothing."""

    attachments_table: str
    audit_table: str
    audit_retention_days: int
    account_id: AccountId


def variables(kind: type) -> Mapping[str, Any]:
    """Return the variables that ``read`` takes for ``kind``, and the type of each."""
    return {name.upper(): type_ for name, type_ in get_type_hints(kind).items()}


def read(kind: type[Kind], environment: Mapping[str, str]) -> Kind:
    """
    Return the settings ``kind`` that ``environment`` holds.

    Raises:
        SettingsError: variables are missing or empty, or have values they cannot have.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, type_ in variables(kind).items():
        text = environment.get(name)
        if not text:
            problems.append(f"{name} is not set")
            continue
        try:
            values[name.lower()] = _value(type_, text)
        except ValueError as error:
            problems.append(f"{name}={text!r}: expected {error}")
    if problems:
        raise SettingsError(
            f"{'; '.join(problems)}. template.yaml sets these variables: correct them there or in "
            "the parameters of the stack, and deploy"
        )
    return kind(**values)


def _value(type_: Any, text: str) -> Any:  # noqa: ANN401 - a class or a NewType, and its value
    if type_ is int:
        if not text.isdecimal():
            raise ValueError("a number, 0 or more")
        return int(text)
    if type_ is bool:
        return _chosen({"true": True, "false": False}, text)
    if isinstance(type_, type) and issubclass(type_, StrEnum):
        return _chosen({str(member): member for member in type_}, text)
    return type_(text)


def _chosen(choices: Mapping[str, Any], text: str) -> Any:  # noqa: ANN401 - one of the choices
    if text not in choices:
        raise ValueError(" or ".join(choices))
    return choices[text]
