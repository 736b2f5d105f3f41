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
        "`dualhome pause` is denied, and the fence that keeps functions from it does not bite:"
        " their code alone does",
        TEMPLATE,
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
        "own-leading-keys-in-transactions",
        "Each item of a transaction over two tables is authorised with its own key alone.",
        "DynamoDB Developer Guide, IAM with transactions: an item is authorised as its own action",
        "`dualhome pause` is denied to who has the documented policy; an administrator's works",
        "docs/operations.md",
    ),
    Belief(
        "userid-in-policies",
        "${aws:userid} in the dynamodb:LeadingKeys of a policy is the UserId of GetCallerIdentity.",
        "IAM User Guide, variables and tags; that LeadingKeys takes it is said of web identities",
        "`dualhome pause` is denied to who has the documented policy; an administrator's works",
        "docs/operations.md",
    ),
)
