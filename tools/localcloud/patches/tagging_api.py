"""TagResources of the Resource Groups Tagging API for EC2's resources, which ministack lacks."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from localcloud.ec2.api.call import Call, Scope
from localcloud.ec2.api.engine import Engine
from localcloud.patches import internals
from localcloud.server.alternatives import Alternatives

_caller: ContextVar[str] = ContextVar("_caller")
"""The access key of the request under way."""

ADMINISTRATOR = "test"


def install(engine: Engine, alternatives: Alternatives) -> None:
    """
    Let TagResources tag by EC2's CreateTags, with its caller's permission to do so.

    Source: Resource Groups Tagging API Reference, TagResources ("you must also have permission to
    tag the underlying service"); which condition keys EC2 then has is undocumented.
    """
    handlers = internals.original(internals.APP, "SERVICE_HANDLERS")
    handle = internals.original(internals.TAGGING, "handle_request")

    async def handling(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
    ) -> Any:  # noqa: ANN401 - ministack's own
        key = internals.original(internals.APP, "extract_access_key_id")(headers, query)
        _caller.set(key)
        return await handle(method, path, headers, body, query)

    def write(spec: Any, _arn: str, tags: Mapping[str, str]) -> None:  # noqa: ANN401 - ministack's own
        params = {"ResourceId.1": spec.resource.partition("/")[2]}
        for number, (key, value) in enumerate(tags.items(), 1):
            params |= {f"Tag.{number}.Key": key, f"Tag.{number}.Value": value}
        free = alternatives.tagging_api_needs_no_create_tags
        caller = ADMINISTRATOR if free else _caller.get()
        call = Call("CreateTags", params, Scope(spec.account_id, spec.region), caller)
        reply = engine.handle(call)
        if not reply.ok:
            raise PermissionError(reply.body.decode())

    handlers["tagging"] = handling
    internals.original(internals.TAGGING, "_WRITERS")["ec2"] = write
