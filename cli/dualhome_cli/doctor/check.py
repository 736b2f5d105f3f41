"""A check reads, judges what was read, and returns findings; no error ends the checkup."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Self, TypeVar

from dualhome.domain.errors import AccessDeniedError, DualhomeError, UnreadableItemError
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, VpcId
from dualhome_cli.errors import AWS_ERRORS, INSTALL, CommandError, denial, failed_call
from dualhome_cli.ui.ids import instances_in, interfaces_in, vpcs_in


class Severity(StrEnum):
    """How bad it is, from best to worst."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing; also a check that AWS denies."""
    WARNING = "warning"
    """It works, but needs action before it stops working."""
    ERROR = "error"
    """Something does not work."""

    @property
    def rank(self) -> int:
        """How bad, as a number."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """
    ``what`` names the resources and values; ``remedy`` is a sentence, or a command.

    Both are whole: a table shortens them. ``subjects`` are the things that ``what``
    lists, ``details`` says of each what is known of it alone. The rest are the ids of all that the
    finding is about, by kind.
    """

    check: str
    severity: Severity
    what: str
    remedy: str = ""
    subjects: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    instances: tuple[InstanceId, ...] = ()
    interfaces: tuple[InterfaceId, ...] = ()
    vpcs: tuple[VpcId, ...] = ()
    targets: tuple[TargetName, ...] = ()

    @classmethod
    def of(cls, check: str, remark: "Remark") -> Self:
        """Return what ``check`` remarks."""
        texts = [remark.what, *remark.subjects, *remark.about, *remark.details.values()]
        return cls(
            check,
            remark.severity,
            remark.what,
            remark.remedy,
            remark.subjects,
            remark.details,
            instances_in(texts),
            interfaces_in(texts),
            vpcs_in(texts),
            remark.targets,
        )


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding, before it is known which check made it; ``about`` are ids besides its texts'."""

    severity: Severity
    what: str
    remedy: str = ""
    subjects: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    about: tuple[str, ...] = ()
    targets: tuple[TargetName, ...] = ()


MOST = 10
"""Things that a table names of a finding."""


S = TypeVar("S")
T = TypeVar("T")

DEPLOY = "Deploy the version that this command belongs to."
PERMIT = "Ask for a role that allows it, or give --profile."


@dataclass(frozen=True, slots=True)
class Check(Generic[S, T]):
    """``read`` asks AWS, ``judge`` is pure; ``well`` is said where there is nothing to remark."""

    name: str
    read: Callable[[S], T]
    judge: Callable[[T], Iterable[Remark]]
    well: str

    def findings(self, source: S) -> Iterator[Finding]:
        """Yield what is found; a read that AWS denies, or that fails, is a finding too."""
        try:
            known = self.read(source)
        except (*AWS_ERRORS, DualhomeError) as refusal:
            remarks = [_unknown(refusal)]
        except CommandError as lacking:  # a parameter or an output that an older template lacks
            remarks = [warning(lacking.message, DEPLOY)]
        else:
            remarks = list(self.judge(known))
        for remark in remarks or [Remark(Severity.OK, self.well)]:
            yield Finding.of(self.name, remark)


def note(what: str, remedy: str = "", subjects: Iterable[str] = ()) -> Remark:
    """Return a remark that is worth knowing."""
    return Remark(Severity.NOTE, what, remedy, tuple(subjects))


def warning(what: str, remedy: str, subjects: Iterable[str] = ()) -> Remark:
    """Return a remark that needs action."""
    return Remark(Severity.WARNING, what, remedy, tuple(subjects))


def error(what: str, remedy: str, subjects: Iterable[str] = ()) -> Remark:
    """Return a remark about what does not work."""
    return Remark(Severity.ERROR, what, remedy, tuple(subjects))


def listed(things: Iterable[str]) -> str:
    """Return ``things`` in one line, each of them: ``what_in_table`` knows the list again."""
    return ", ".join(things)


def in_short(things: Sequence[str], most: int = MOST) -> str:
    """Return ``things`` in one line, the many counted: findings stay readable."""
    shown = listed(things[:most])
    return f"{shown} and {len(things) - most} more" if len(things) > most else shown


def what_in_table(finding: Finding) -> str:
    """Return what a table shows of a finding that lists many things."""
    return (
        finding.what.replace(listed(finding.subjects), in_short(finding.subjects))
        if finding.subjects
        else finding.what
    )


def remedy_in_table(finding: Finding) -> str:
    """Return the remedy; a command about many things with the first of them."""
    every, first = " ".join(finding.subjects), " ".join(finding.subjects[:MOST])
    return finding.remedy.replace(every, first) if finding.subjects else finding.remedy


def _unknown(refusal: Exception) -> Remark:
    if isinstance(refusal, AccessDeniedError):
        return note(f"could not be checked: {refusal.message}", PERMIT)
    if isinstance(refusal, UnreadableItemError):
        return warning(f"could not be read: {refusal.message}", INSTALL)
    if isinstance(refusal, DualhomeError):
        return warning(f"could not be checked: {refusal.message}", "Run it again in a minute.")
    if denied := denial(refusal):
        return note(f"could not be checked: {denied}", PERMIT)
    if said := failed_call(refusal):
        return warning(f"could not be checked: {said}", "Read what AWS says; run it again.")
    return warning(f"could not be checked: {refusal}", "Check the network; run it again.")
