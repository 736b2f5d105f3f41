"""Faults on request: EC2 refuses, or acts and loses the reply."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from localcloud.ec2.api.call import Call, Ec2Error

STATUS = {
    "InternalError": 500,
    "InternalFailure": 500,
    "InternalServerError": 500,
    "RequestLimitExceeded": 503,
    "ServiceUnavailable": 503,
    "Unavailable": 503,
}


@dataclass
class Fault:
    """
    What happens to the next ``times`` calls of ``action`` that carry the parameters of ``match``.

    ``match`` names parameters as they are on the wire: ``NetworkInterfaceId``, ``ResourceId.1``.
    ``after_execution``: the call is carried out, and only its reply is replaced by the error.
    """

    action: str
    error_code: str
    message: str = "An error on order."
    times: int = 1
    after_execution: bool = False
    match: Mapping[str, str] = field(default_factory=dict)

    def hits(self, call: Call) -> bool:
        """Whether it happens to ``call``."""
        wanted = all(call.params.get(name) == value for name, value in self.match.items())
        return self.times > 0 and self.action == call.action and wanted

    def error(self) -> Ec2Error:
        """Return what the caller sees."""
        return Ec2Error(self.error_code, self.message, STATUS.get(self.error_code, 400))


@dataclass
class Faults:
    """The faults that are still to come."""

    ordered: list[Fault] = field(default_factory=list)

    def take(self, call: Call) -> Fault | None:
        """Return the first fault that happens to ``call``, counting it."""
        hit = next((fault for fault in self.ordered if fault.hits(call)), None)
        if hit:
            hit.times -= 1
        return hit
