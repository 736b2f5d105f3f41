"""Beliefs about the services around EC2."""

from live.believed.belief import Belief

TEMPLATE = "template.yaml"
STATE_MACHINE = "statemachines/rollback.asl.json"

SERVICES = (
    Belief(
        "update-stack-with-macro",
        "UpdateStack with UsePreviousTemplate and CAPABILITY_AUTO_EXPAND changes one parameter of a"
        " stack whose template names the SAM macro.",
        "CloudFormation API Reference, UpdateStack",
        "A deployment by `sam deploy` names the template anew; no command updates the stack",
        "docs/parameters.md",
    ),
    Belief(
        "execution-name-once",
        "StartExecution with the name of an execution that runs is a success if the input is the"
        " same, and ExecutionAlreadyExists if it is not, or if that one has ended.",
        "Step Functions API Reference, StartExecution",
        "An execution that exists already counts as started",
        "layers/dualhome/dualhome/adapters/sfn_rollbacks.py",
    ),
    Belief(
        "rule-execution-name",
        "A rule whose target is a state machine does not let the execution be named.",
        "EventBridge API Reference, Target: there is no field for it",
        "A function starts every execution",
        "layers/dualhome/dualhome/adapters/sfn_rollbacks.py",
        needs="a field of the SDK's model that EventBridge's Target does not have",
    ),
    Belief(
        "ssm-error-prefix",
        "Errors of Step Functions' SDK integration with Systems Manager begin with `Ssm.`.",
        "Inferred from other services",
        "The state machine calls no other service than Lambda",
        STATE_MACHINE,
    ),
    Belief(
        "hidden-messages",
        "Lambda leaves alone the messages of a queue that its function has hidden for longer.",
        "SQS Developer Guide, ChangeMessageVisibility; what Lambda does beside it is undocumented",
        "A status tag that failed is retried after the queue's own six minutes",
        "layers/dualhome/dualhome/entrypoints/write_status.py",
        needs="a status tag that cannot be written for some minutes, and a local cloud that shows"
        " hidden messages all the same to prove the probe on",
    ),
    Belief(
        "stream-retry-spacing",
        "Lambda spaces the retries of a failed batch of a DynamoDB stream.",
        "Lambda Developer Guide: retries until the record expires; the pauses are undocumented",
        "The publisher's retries are bounded by age, an hour",
        TEMPLATE,
        needs="a function that fails on purpose for some minutes, and a local cloud whose stream"
        " retries with and without pauses to prove the probe on",
    ),
    Belief(
        "tracing-prices",
        "X-Ray and SnapStart cost what public pages said in 2025.",
        "Public pages",
        "Neither is used",
        "docs/limits.md",
        needs="the price list of the day; no call to an account settles it",
    ),
)

NO_HOOKS = "dualhome uses no lifecycle hooks"
AND_PROOF = ", and a local cloud with working groups to prove the probe on"


def _auto_scaling(identifier: str, statement: str, needs: str) -> Belief:
    return Belief(identifier, statement, "Undocumented", NO_HOOKS, "docs/limits.md", needs)


AUTO_SCALING = (
    _auto_scaling(
        "hook-before-running",
        "A launch hook's event may come before the instance is `running`.",
        f"an Auto Scaling group with a hook, and several launches{AND_PROOF}",
    ),
    _auto_scaling(
        "auto-scaling-rates",
        "Auto Scaling throttles by account and Region, at rates it does not name.",
        "calls until some are refused, which disturbs the account",
    ),
    _auto_scaling(
        "launch-hooks-parallel",
        "Several launch hooks wait side by side, and an ABANDON of one does not end the others.",
        f"an Auto Scaling group with two hooks{AND_PROOF}",
    ),
    _auto_scaling(
        "heartbeat-change",
        "A changed heartbeat timeout holds for new waits alone.",
        f"an Auto Scaling group with a hook, changed during a wait{AND_PROOF}",
    ),
    _auto_scaling(
        "heartbeat-past-global",
        "A heartbeat past the global timeout ends in the hook's default result.",
        "a wait of 48 hours",
    ),
    _auto_scaling(
        "death-in-wait",
        "An instance that is terminated in Pending:Wait leaves the group without a launch.",
        f"an Auto Scaling group with a hook{AND_PROOF}",
    ),
    _auto_scaling(
        "scale-in-tags",
        "A scale-in leaves an instance's tags until it is gone.",
        f"an Auto Scaling group{AND_PROOF}",
    ),
    _auto_scaling(
        "foreign-hooks",
        "Managed node groups of EKS keep hooks that others add.",
        f"a managed node group{AND_PROOF}",
    ),
    _auto_scaling(
        "warm-pool-interface",
        "A warm pool stops and starts instances that have a second interface.",
        f"an Auto Scaling group with a warm pool{AND_PROOF}",
    ),
    _auto_scaling(
        "wrong-hook-name",
        "A completion with a wrong hook name is refused with ValidationError.",
        f"an Auto Scaling group{AND_PROOF}",
    ),
)
