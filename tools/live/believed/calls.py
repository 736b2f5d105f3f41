"""Beliefs about what EC2 answers to other calls than attach and detach."""

from live.believed.belief import Belief

LOCAL_RULES = "tools/localcloud/ec2/actions/rules.py"
LOCAL_TOKENS = "tools/localcloud/ec2/api/tokens.py"
SHAPES = "layers/dualhome/dualhome/adapters/ec2/shapes.py"
UNUSED = "dualhome makes no interfaces"

CALLS = (
    Belief(
        "group-of-other-vpc-error",
        "An interface with a security group of another VPC is refused with InvalidGroup.NotFound.",
        "Public reports on launches and rules; on interfaces undocumented",
        UNUSED,
        LOCAL_RULES,
    ),
    Belief(
        "default-group-on-create",
        "An interface that is created without groups gets the default group of its VPC.",
        "VPC User Guide, default security groups: 'some resources'",
        "The documents name a group's part in a pool; dualhome makes no interfaces",
        "README.md",
    ),
    Belief(
        "client-token-after-delete",
        "CreateNetworkInterface repeated with its token answers with the first reply, even if the"
        " interface has been deleted since.",
        "EC2 Developer Guide, idempotency: how long a token lives is undocumented",
        UNUSED,
        LOCAL_TOKENS,
    ),
    Belief(
        "client-token-lifetime",
        "A client token of CreateNetworkInterface is remembered without end.",
        "EC2 Developer Guide, idempotency: the end is undocumented",
        UNUSED,
        LOCAL_TOKENS,
        needs="days or weeks between two calls",
    ),
    Belief(
        "dry-run-permission-only",
        "A dry run of an attach at a device index that is taken answers DryRunOperation: it asks"
        " for permission alone.",
        "EC2 API Reference, DryRun; whether parameters are checked too is undocumented",
        "No decision rests on a dry run",
        "tools/localcloud/ec2/api/engine.py",
    ),
    Belief(
        "filter-values-limit",
        "A call with more than 200 values in its filters is refused with FilterLimitExceeded.",
        "EC2 API Reference, Filter: the number; the code is in the list of error codes",
        "dualhome sends fewer",
        SHAPES,
    ),
    Belief(
        "tag-length-error",
        "A tag value of 257 characters is refused with InvalidParameterValue.",
        "Public reports; the code is undocumented",
        "dualhome writes shorter ones",
        LOCAL_RULES,
    ),
    Belief(
        "interface-quota-scope",
        "The quota of 5,000 interfaces counts by Region, not by Availability Zone.",
        "Service Quotas says Region, the VPC User Guide says zone",
        UNUSED,
        "docs/limits.md",
        needs="5,000 interfaces",
    ),
    Belief(
        "lookup-by-resource",
        "CloudTrail's LookupEvents finds CreateTags by the instance's id as ResourceName.",
        "Seen for RunInstances and TerminateInstances alone",
        "The documents say to ask by the event's name",
        "docs/operations.md",
        needs="a wait of 15 minutes or more, and a local cloud with CloudTrail to prove the"
        " probe on",
    ),
)
