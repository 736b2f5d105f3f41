"""The metrics that AWS's services write of a stack's resources, as far as they are used here."""

import re

from tests.support.readers.template import resources

# For each namespace the dimension, the kind of resource that it names, and the metrics. Sources:
# Amazon SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS"; AWS Lambda Developer
# Guide, "Types of metrics for Lambda functions"; AWS Step Functions Developer Guide, "CloudWatch
# metrics".
AWS_METRICS = {
    "AWS/SQS": (
        "QueueName",
        "SQS::Queue",
        {
            "ApproximateAgeOfOldestMessage",
            "ApproximateNumberOfMessagesDelayed",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesVisible",
        },
    ),
    "AWS/Lambda": ("FunctionName", "Serverless::Function", {"Duration", "Errors"}),
    "AWS/States": (
        "StateMachineArn",
        "Serverless::StateMachine",
        {
            "ExecutionsAborted",
            "ExecutionsFailed",
            "ExecutionsStarted",
            "ExecutionsSucceeded",
            "ExecutionsTimedOut",
        },
    ),
}


def is_metric_of_aws(namespace: str, name: str, dimension: str, value: str) -> bool:
    """Return whether AWS has this metric of a resource of the stack."""
    wanted, kind, names = AWS_METRICS[namespace]
    owner = re.fullmatch(r"\$\{(\w+)(?:\.QueueName)?\}", value)
    return (
        dimension == wanted and name in names and owner is not None and owner[1] in resources(kind)
    )
