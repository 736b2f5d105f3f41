"""Events on the default bus, published as AWS's own services publish them."""

import asyncio
import json
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from typing import Any

from localcloud.ec2.api.call import Scope
from localcloud.patches import internals


@dataclass(frozen=True)
class Event:
    """An event of an AWS service; EventBridge adds version, id, time, account and Region."""

    scope: Scope
    source: str
    detail_type: str
    resources: tuple[str, ...]
    detail: dict[str, Any]


Publish = Callable[[Event], None]


def telling(listener: Publish, publish: Publish) -> Publish:
    """Return a function that tells ``listener`` of each event before it publishes it."""

    def tell(event: Event) -> None:
        listener(event)
        publish(event)

    return tell


def publisher(loop: asyncio.AbstractEventLoop) -> Publish:
    """
    Return a function that publishes from any thread, in the order it is called.

    ministack's EventBridge is not safe for threads, so each event is handed to its loop.
    """

    def publish(event: Event) -> None:
        loop.call_soon_threadsafe(_put, event, context=Context())

    return publish


def _put(event: Event) -> None:
    internals.original(internals.RESPONSES, "set_request_account_id")(event.scope.account)
    internals.original(internals.RESPONSES, "set_request_region")(event.scope.region)
    entry = {
        "Source": event.source,
        "DetailType": event.detail_type,
        "Resources": list(event.resources),
        "Detail": json.dumps(event.detail),
    }
    # PutEvents refuses aws.* sources from customers, as AWS does; this is the services' entrance.
    internals.original(internals.EVENTBRIDGE, "_put_events")(
        {"Entries": [entry]}, allow_aws_source=True
    )
