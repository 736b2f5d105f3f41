"""A check: it reads, it judges what was read, and never ends the examination."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from dualhome.domain.errors import AccessDeniedError, DualhomeError, UnreadableItemError
from dualhome_cli.checks.finding import Finding, Remark, Severity, note, warning
from dualhome_cli.trouble import DENIED, INSTALL, TroubleError, caller

S = TypeVar("S")
T = TypeVar("T")

DEPLOY = "Deploy the version that this command belongs to."
PERMIT = "Ask for a role that allows it, or give --profile."


@dataclass(frozen=True, slots=True)
class Check(Generic[S, T]):
    """``read`` asks AWS, ``judge`` is pure; ``well`` says it if there is nothing to remark on."""

    name: str
    read: Callable[[S], T]
    judge: Callable[[T], Iterable[Remark]]
    well: str

    def findings(self, source: S) -> Iterator[Finding]:
        """Yield what is found; what AWS refuses to tell, or cannot be asked, is a finding too."""
        try:
            known = self.read(source)
        except (ClientError, BotoCoreError, DualhomeError) as refusal:
            remarks = [_unknown(refusal)]
        except TroubleError as trouble:  # a parameter or an output that an older template lacks
            remarks = [warning(trouble.message, DEPLOY)]
        else:
            remarks = list(self.judge(known))
        for remark in remarks or [Remark(Severity.OK, self.well)]:
            yield Finding.of(self.name, remark)


def _unknown(refusal: ClientError | BotoCoreError | DualhomeError) -> Remark:
    if isinstance(refusal, BotoCoreError):
        return warning(f"could not be asked: {refusal}", "Look at the network; run it again.")
    if isinstance(refusal, AccessDeniedError):
        return note(f"could not be asked: {refusal.message}", PERMIT)
    if isinstance(refusal, UnreadableItemError):
        return warning(f"could not be read: {refusal.message}", INSTALL)
    if isinstance(refusal, DualhomeError):
        return warning(f"could not be asked: {refusal.message}", "Run it again in a minute.")
    said = refusal.response["Error"]
    code, message = said.get("Code", ""), said.get("Message", "")
    if code in DENIED:
        denied = f"you may not {refusal.operation_name}{caller(message)}"
        return note(f"could not be asked: {denied}", PERMIT)
    words = f"{refusal.operation_name}: {code}: {message}"
    return warning(f"could not be asked: {words}", "Look at what AWS says; run it again.")
