"""Beliefs that the deployed stack settles by its work."""

from live.believed.belief import Belief

WORK = "The whole design; proved on the local cloud alone"

PRODUCT = (
    Belief(
        "main-job",
        "An instance that is tagged gets an interface of the other VPC, and the ledger says"
        " `attached`.",
        WORK,
        "None: this is the product",
        "layers/dualhome/dualhome/application/reconcile.py",
    ),
    Belief(
        "release",
        "An instance whose tag is taken away loses the interface, and the ledger says `released`.",
        WORK,
        "None: this is the product",
        "statemachines/rollback.asl.json",
    ),
    Belief(
        "rollback",
        "An attach that EC2 refuses is rolled back: the ledger says `failed` with EC2's code, and"
        " the interface is free.",
        WORK,
        "None: this is the product",
        "layers/dualhome/dualhome/application/reconcile.py",
    ),
    Belief(
        "pause",
        "An operator with the documented policy pauses: what is tagged meanwhile is attached after"
        " the resume, and not before.",
        "IAM User Guide and DynamoDB Developer Guide; proved on the local cloud alone",
        "A stack can be deployed with `Paused=true` while no operator has paused it",
        "docs/operations.md",
    ),
)
