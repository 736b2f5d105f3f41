"""Beliefs about reads: how far they lag behind what was changed."""

from live.believed.belief import Belief

TEMPLATE = "template.yaml"
NO_FIGURE = "EC2 Developer Guide, eventual consistency: it gives no figure"

READS = (
    Belief(
        "attachment-in-lists",
        "What DescribeNetworkInterfaces shows attached, a list of instances shows within a minute.",
        NO_FIGURE,
        "No record ends while the interface itself, by its id, names the instance",
        "layers/dualhome/dualhome/domain/planning/observe.py",
    ),
    Belief(
        "tags-in-lists",
        "A list of instances shows a changed tag within 22 seconds of its event.",
        NO_FIGURE,
        "After three comparisons with the event the next sweep finds the change",
        "layers/dualhome/dualhome/application/reconcile.py",
    ),
    Belief(
        "tags-by-resource",
        "DescribeTags shows a changed tag within ReleaseDelaySeconds, by default 10.",
        NO_FIGURE,
        "A release that rests on an old tag is followed by a new attach",
        TEMPLATE,
    ),
    Belief(
        "reads-by-id",
        "DescribeVpcs by id shows a changed tag within ReleaseDelaySeconds, by default 10.",
        NO_FIGURE,
        "A release that rests on old consent is followed by a new attach",
        TEMPLATE,
    ),
    Belief(
        "page-token-error",
        "A page token that EC2 does not know is refused with InvalidPaginationToken,"
        " InvalidNextToken, or InvalidParameterValue in a text that names the token.",
        "EC2 API Reference, error codes; which call gives which is undocumented",
        "Sweeps fail, and an alarm says so, until their checkpoint is too old to be trusted",
        "layers/dualhome/dualhome/adapters/aws_errors.py",
    ),
)
