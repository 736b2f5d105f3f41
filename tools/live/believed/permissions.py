"""Beliefs about IAM: what a policy sees of a call."""

from live.believed.belief import Belief

TEMPLATE = "template.yaml"
LOCAL_RESOURCES = "tools/localcloud/ec2/iam/resources.py"
LOCAL_KEYS = "tools/localcloud/ec2/iam/condition_keys.py"

PERMISSIONS = (
    Belief(
        "detach-gone-fenced",
        "Under a policy that fences by tag, a detach of an attachment that is gone is answered"
        " with InvalidAttachmentID.NotFound, not with UnauthorizedOperation.",
        "Undocumented",
        "A rollback is retried, and its record becomes `stuck`",
        LOCAL_RESOURCES,
    ),
    Belief(
        "attach-fenced-first-second",
        "A policy that fences by tag permits an attach within a second of the resource's first"
        " tag.",
        "IAM User Guide: changes of tags need a while in some services",
        "A denied attach is tried again",
        TEMPLATE,
    ),
    Belief(
        "delete-all-tags-keys",
        "DeleteTags without keys presents no aws:TagKeys: a Deny that names keys does not stop it.",
        "Undocumented",
        "The sweep finds tags that are gone, and the release breaker counts",
        "docs/security.md",
    ),
    Belief(
        "tagging-api-permission",
        "TagResources of the Resource Groups Tagging API is authorised as ec2:CreateTags as well,"
        " with the same condition keys.",
        "Resource Groups Tagging API Reference: the permission; the keys are undocumented",
        "Who may call tag:TagResources must be trusted as with ec2:CreateTags",
        "docs/security.md",
    ),
    Belief(
        "for-all-values-empty",
        "ForAllValues is true of a call that presents no value of the key.",
        "IAM User Guide, multivalued context keys",
        "A Null test stands beside it where absence matters",
        TEMPLATE,
    ),
    Belief(
        "leading-keys-in-transactions",
        "dynamodb:LeadingKeys holds the keys of each item of a transaction.",
        "Service Authorization Reference lists the key for the actions on single items",
        "`dualhome pause` is denied, and the fence that keeps functions from the pause does not"
        " bite: their code alone does",
        TEMPLATE,
    ),
    Belief(
        "own-leading-keys-in-transactions",
        "A transaction over two tables is permitted to who may write each item's key in its own"
        " table: no item is asked about with the keys of another.",
        "DynamoDB Developer Guide, IAM with transactions: item by item; with which keys is"
        " undocumented",
        "`dualhome pause` is denied to operators with the documented policy: name both keys in both"
        " of its statements",
        "docs/operations.md",
    ),
    Belief(
        "enclosing-operation",
        "dynamodb:EnclosingOperation tells a PutItem in a transaction from one on its own.",
        "DynamoDB Developer Guide, IAM with transactions",
        "Every move is denied, nothing is attached, and `reconcile-errors` is raised: take the"
        " condition out of the roles and out of the audit table's policy",
        TEMPLATE,
    ),
    Belief(
        "userid-in-policies",
        "${aws:userid} in a policy's dynamodb:LeadingKeys is the UserId that sts:GetCallerIdentity"
        " gives to the same session.",
        "IAM User Guide, principal key values; STS API Reference, GetCallerIdentity",
        "`dualhome pause` is denied, or who has paused is not proven",
        "docs/operations.md",
    ),
    Belief(
        "audit-append-only",
        "The audit table's own policy binds who may do everything: no entry is updated, deleted, or"
        " put outside a transaction.",
        "IAM User Guide: an explicit Deny in any policy wins; EnclosingOperation in a table's"
        " policy is undocumented",
        "Who administers the account can falsify the audit, the functions cannot; if a put in a"
        " transaction is denied, nothing is attached: take the condition out of the policy",
        TEMPLATE,
    ),
)
