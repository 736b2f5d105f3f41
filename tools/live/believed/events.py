"""Beliefs about the events of tags."""

from live.believed.belief import Belief

TEMPLATE = "template.yaml"
RECONCILE = "layers/dualhome/dualhome/application/reconcile.py"
WRITE_STATUS = "layers/dualhome/dualhome/application/write_status.py"
MESSAGES = "layers/dualhome/dualhome/entrypoints/messages.py"

EVENTS = (
    Belief(
        "launch-tag-events",
        "Tags given to an instance by RunInstances raise a tag event.",
        "Inferred: versions begin at 1, and AWS's Instance Scheduler finds instances by it alone",
        "`running` starts a reconcile too, and tags are read from EC2",
        TEMPLATE,
    ),
    Belief(
        "creation-tag-events",
        "Tags given to an interface by CreateNetworkInterface raise a tag event.",
        "Inferred from the tag events of launches",
        "The next sweep finds the interface; instances wait for it until then",
        TEMPLATE,
    ),
    Belief(
        "interface-tag-events",
        "CreateTags on an interface raises a tag event of resource type network-interface.",
        "Tag Editor User Guide, tag changes: EC2 is listed, its resource types are not",
        "The next sweep finds the interface; instances wait for it until then",
        TEMPLATE,
    ),
    Belief(
        "vpc-tag-events",
        "CreateTags on a VPC raises a tag event of resource type vpc.",
        "Tag Editor User Guide, tag changes: EC2 is listed, its resource types are not",
        "The next sweep finds the VPC; instances wait for its consent until then",
        TEMPLATE,
    ),
    Belief(
        "tag-event-fields",
        "A tag event has changed-tag-keys, service, resource-type, version and tags in its detail,"
        " and nothing else.",
        "Tag Editor User Guide, tag changes; its list may be incomplete",
        "Unknown fields are ignored",
        MESSAGES,
    ),
    Belief(
        "delete-all-tags-event",
        "DeleteTags without keys raises one event that names every key.",
        "Undocumented",
        "Each event starts a reconcile, which reads the tags from EC2",
        MESSAGES,
    ),
    Belief(
        "unchanged-tag-events",
        "CreateTags with the value that a tag has raises no tag event.",
        "Tag Editor User Guide: 'any change to a tag'",
        "A status tag that is right is not written, and no rule matches its key",
        WRITE_STATUS,
    ),
    Belief(
        "tag-event-delay",
        "A tag event comes within a minute of the change.",
        "AWS says 'near real time'; a denied attach is taken for tags that are too new so long",
        "The next sweep finds the change, by default within five minutes",
        RECONCILE,
    ),
)
