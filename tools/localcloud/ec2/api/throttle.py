"""EC2's request limits: token buckets per account, Region and API."""

from collections.abc import Callable
from dataclasses import dataclass, field

from localcloud.ec2.api.call import Call, Ec2Error, Scope


@dataclass(frozen=True)
class Limit:
    """A bucket's size in requests, and its refill in requests per second."""

    capacity: float
    refill: float


# EC2 Developer Guide, "Request throttling for the Amazon EC2 API".
READ, UNFILTERED_READ, MUTATING = Limit(100, 20), Limit(50, 10), Limit(50, 5)
UNFILTERED = {
    f"Describe{resource}"
    for resource in (
        "Instances",
        "InstanceStatus",
        "NetworkInterfaces",
        "SecurityGroups",
        "Snapshots",
        "SpotInstanceRequests",
        "Volumes",
    )
}
LIMITS = {
    "AssignPrivateIpAddresses": Limit(100, 5),
    "CreateNetworkInterface": Limit(100, 5),
    "CreateTags": Limit(100, 10),
    "DeleteNetworkInterface": Limit(100, 5),
    "DeleteTags": Limit(100, 10),
    "ModifyNetworkInterfaceAttribute": Limit(100, 5),
    "RunInstances": Limit(5, 2),
    "StartInstances": Limit(5, 2),
    "TerminateInstances": Limit(100, 5),
}


def limit_of(call: Call) -> Limit:
    """Return the bucket of a call; a read without filter or page size has a smaller one."""
    if call.mutating:
        return LIMITS.get(call.action, MUTATING)
    narrowed = "MaxResults" in call.params or call.groups("Filter")
    return UNFILTERED_READ if call.action in UNFILTERED and not narrowed else READ


@dataclass
class _Bucket:
    tokens: float
    filled_at: float


@dataclass
class Throttle:
    """The buckets; ``clock`` counts seconds."""

    clock: Callable[[], float]
    _buckets: dict[tuple[Scope, str, Limit, float], _Bucket] = field(default_factory=dict)

    def take(self, call: Call, scale: float) -> None:
        """
        Take one token from the call's bucket, whose size and refill are multiplied by ``scale``.

        Raises:
            Ec2Error: the bucket is empty.
        """
        if not scale:
            return
        limit, now = limit_of(call), self.clock()
        capacity = max(1.0, limit.capacity * scale)
        key = (call.scope, call.action, limit, scale)
        bucket = self._buckets.setdefault(key, _Bucket(capacity, now))
        refilled = bucket.tokens + (now - bucket.filled_at) * limit.refill * scale
        bucket.tokens, bucket.filled_at = min(capacity, refilled), now
        if bucket.tokens < 1:
            raise Ec2Error("RequestLimitExceeded", "Request limit exceeded.", 503)
        bucket.tokens -= 1
