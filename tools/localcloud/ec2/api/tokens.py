"""Client tokens: a repeated call is answered as the first was."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from localcloud.ec2.api.call import Call, Ec2Error, Reply, Scope

ACTIONS = {"CreateNetworkInterface", "RunInstances"}


@dataclass
class ClientTokens:
    """
    Replies by token.

    Source: "Ensuring idempotency in Amazon EC2 API requests". How long a token lives, and what it
    answers once the resource is deleted, is undocumented; here it lives for ever.
    """

    _replies: dict[tuple[Scope, str, str], tuple[Mapping[str, str], Reply]] = field(
        default_factory=dict
    )

    def once(self, call: Call, execute: Callable[[], Reply]) -> Reply:
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
            return reply
        reply = execute()
        if reply.ok:
            self._replies[key] = (call.params, reply)
        return reply
