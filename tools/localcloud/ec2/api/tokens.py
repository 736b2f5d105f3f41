"""Client tokens: a repeated call is answered as the first was."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from localcloud.ec2.api.call import Call, Ec2Error, Reply, Scope
from localcloud.ec2.state import moto

ACTIONS = {"CreateNetworkInterface", "RunInstances"}
CREATED = re.compile(rb"<networkInterfaceId>(eni-[0-9a-f]+)</networkInterfaceId>")


@dataclass
class ClientTokens:
    """
    Replies by token.

    Source: "Ensuring idempotency in Amazon EC2 API requests". How long a token lives, and what it
    answers once the resource is deleted, is undocumented; here it lives for ever, and an
    alternative says whether it outlives its interface.
    """

    _replies: dict[tuple[Scope, str, str], tuple[Mapping[str, str], Reply]] = field(
        default_factory=dict
    )

    def once(
        self, call: Call, execute: Callable[[], Reply], *, outlives_its_interface: bool
    ) -> Reply:
        """
        Return the reply to the first call with this token, executing it if this is the first.

        Raises:
            Ec2Error: the token was used with other parameters.
        """
        token = call.params.get("ClientToken")
        if call.action not in ACTIONS or not token:
            return execute()
        key = (call.scope, call.action, token)
        if key in self._replies:
            params, reply = self._replies[key]
            if params != call.params:
                message = f"The token '{token}' was used before, with other parameters"
                raise Ec2Error("IdempotentParameterMismatch", message)
            if outlives_its_interface or _exists(call.scope, reply):
                return reply
        reply = execute()
        if reply.ok:
            self._replies[key] = (call.params, reply)
        return reply


def _exists(scope: Scope, reply: Reply) -> bool:
    """Whether the interface that ``reply`` names first still exists, if it names one."""
    created = CREATED.search(reply.body)
    return created is None or created[1].decode() in moto.backend(scope).enis
