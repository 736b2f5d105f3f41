"""
Everything private that is touched in ministack and moto.

The rest of the package reaches inside these two only through ``original`` and ``replace``, which
know the names listed below and no others; ``moved`` returns what an upgrade has moved.
"""

import importlib
from importlib.metadata import version
from operator import attrgetter
from types import CodeType
from typing import Any

PINNED = {"ministack": "1.5.33", "moto": "5.2.5"}

APP = "ministack.app"
IAM = "ministack.services.iam"
IAM_ACTIONS = "ministack.core.iam_actions"
IAM_EVALUATOR = "ministack.core.iam_evaluator"
RUNTIME = "ministack.core.lambda_runtime"
RESPONSES = "ministack.core.responses"
CLOUDFORMATION = "ministack.services.cloudformation.handlers"
CLOUDFORMATION_ANSWERS = "ministack.services.cloudformation.helpers"
CLOUDWATCH = "ministack.services.cloudwatch"
DYNAMODB = "ministack.services.dynamodb"
EVENTBRIDGE = "ministack.services.eventbridge"
LAMBDA = "ministack.services.lambda_svc"
PROVISIONERS = "ministack.services.cloudformation.provisioners"
SCHEDULER = "ministack.services.scheduler"
SQS = "ministack.services.sqs"
STEPFUNCTIONS = "ministack.services.stepfunctions"
STS = "ministack.services.sts"
TAGGING = "ministack.services.tagging"
MOTO_INTERFACES = "moto.ec2.models.elastic_network_interfaces"
MOTO_INSTANCES = "moto.ec2.models.instances"

NAMES = {
    APP: {"SERVICE_HANDLERS", "app", "detect_service", "extract_region", "_routing_params"}
    | {"extract_access_key_id"},
    IAM: {"_build_simulate_results_real", "_extract_simulate_params", "_roles"},
    IAM_ACTIONS: {"extract_iam_action", "extract_resource_arn", "identity_denial_message"}
    | {"dynamodb_transaction_checks", "request_tag_context"},
    IAM_EVALUATOR: {"AuthError", "_RESOURCE_POLICY_LOOKUPS", "_conditions_met"}
    | {"_evaluate_single_condition", "_gather_role_policies", "_resolve_condition_key"}
    | {"enforce", "evaluate"},
    RUNTIME: {"_PYTHON_WORKER_SCRIPT", "Worker.invoke", "execution_credentials", "reset"}
    | {"_account_region_from_function_config", "zipfile"},
    RESPONSES: {"get_account_id", "get_region", "set_request_account_id", "set_request_region"},
    CLOUDFORMATION: {"_ACTION_HANDLERS"},
    CLOUDFORMATION_ANSWERS: {"_error"},
    CLOUDWATCH: {"_calc_stats", "_dims_key", "_dispatch_alarm_actions", "_evaluate_alarm"}
    | {"_evaluate_all_alarms", "_metrics", "_record_history", "_stat_value", "record_metric"},
    DYNAMODB: {"_resource_policies", "_sse_description_from_spec", "_tables"},
    EVENTBRIDGE: {"_put_events"},
    LAMBDA: {"_ESM_BACKOFF_SECONDS", "_emit_lambda_logs", "_esm_wake", "_execute_function_warm"}
    | {"_sqs_esm_concurrency"},
    PROVISIONERS: {"_RESOURCE_HANDLERS", "_cw_metric_alarm_record", "_update_resource"},
    SCHEDULER: {"time"},
    SQS: {"_queues", "time"},
    STEPFUNCTIONS: {"_AWS_SDK_ERROR_PREFIX", "_executions", "_start_execution"},
    STS: {"_sessions", "register_session"},
    TAGGING: {"_COLLECTORS", "_RESOURCE_TAG_COLLECTORS", "_WRITERS", "handle_request"},
    "moto.core.responses": {"ActionResult"},
    "moto.ec2.models": {"ec2_backends"},
    "moto.ec2.models.core": {"TaggedEC2Resource.get_tags"},
    MOTO_INTERFACES: {
        f"NetworkInterface.{name}"
        for name in ("association", "attachment", "get_filter_value", "group_set", "owner_id")
    },
    "moto.ec2.models.instance_types": {"INSTANCE_TYPES"},
    MOTO_INSTANCES: {
        f"Instance.{name}"
        for name in (
            "attach_eni",
            "network_interfaces",
            "private_ip_address",
            "subnet_id",
            "vpc_id",
        )
    },
    "moto.ec2.models.vpcs": {"VPC.owner_id"},
    "moto.ec2.responses.elastic_network_interfaces": {
        "ElasticNetworkInterfaces.describe_network_interfaces"
    },
    "moto.ec2.responses.instances": {"InstanceResponse.describe_instances"},
    "moto.ec2.responses.vpcs": {"VPCs.describe_vpcs"},
    "moto.ec2.utils": {"EC2_PREFIX_TO_RESOURCE", "generic_filter", "get_prefix"}
    | {"passes_filter_dict", "random_eni_attach_id"},
    "moto.moto_server.werkzeug_app": {"DomainDispatcherApplication", "create_backend_app"},
}

# Where moto keeps an interface's own security groups.
GROUPS = "_group_set"

# Where ministack keeps a worker's process, and what it says when that has ended by itself.
WORKER_PROCESS = "_proc"
WORKER_DIED = "Worker process died"

# A type that ministack's CloudFormation lacks, and how a type asks it for the logical id.
DOCUMENT = "AWS::SSM::Document"
WITH_LOGICAL_ID = "update_with_logical_id"

# What ministack's Python worker writes when a handler raises, and what it should write as well.
WORKER_ERROR = '"error": str(e), "trace": traceback.format_exc()'
WORKER_ERROR_NAMED = f'"error_type": type(e).__name__, {WORKER_ERROR}'


def original(module: str, name: str) -> Any:  # noqa: ANN401 - the libraries' own, untyped
    """Return what ``module`` now holds under a listed ``name``, dotted for a class's member."""
    if name not in NAMES[module]:
        raise KeyError(f"{module}.{name} is not listed")
    return attrgetter(name)(importlib.import_module(module))


def replace(module: str, name: str, value: object) -> None:
    """Put ``value`` in the place of a listed name."""
    original(module, name)
    owner, _, attribute = name.rpartition(".")
    target = importlib.import_module(module)
    setattr(attrgetter(owner)(target) if owner else target, attribute, value)


def add(module: str, name: str, value: object) -> None:
    """Give a class or a module a member that it lacks; one that an upgrade brings is an error."""
    owner, _, attribute = name.rpartition(".")
    found = importlib.import_module(module)
    target = attrgetter(owner)(found) if owner else found
    if hasattr(target, attribute):
        raise AttributeError(f"{module}.{name} exists by now; drop ours")
    setattr(target, attribute, value)


def moved() -> list[str]:
    """Return a sentence for each name that is not where this package needs it."""
    problems = [
        f"{package} is at {version(package)}, but patches/internals.py was written for {pin}."
        for package, pin in PINNED.items()
        if version(package) != pin
    ]
    gone = [
        f"{module}.{name} is gone, which localcloud relies on."
        for module, names in NAMES.items()
        for name in sorted(names)
        if not _present(module, name)
    ]
    return problems + (gone or _changed_inside())


def _present(module: str, name: str) -> bool:
    try:
        original(module, name)
    except (AttributeError, ImportError):
        return False
    return True


def _changed_inside() -> list[str]:
    """Check what a name alone does not show."""
    problems = []
    if WORKER_ERROR not in original(RUNTIME, "_PYTHON_WORKER_SCRIPT"):
        problems.append("ministack's Python worker words a function's error in another way.")
    if WORKER_PROCESS not in original(RUNTIME, "Worker.invoke").__code__.co_names:
        problems.append(f"ministack's workers have no {WORKER_PROCESS} any more.")
    if WORKER_DIED not in _texts(original(RUNTIME, "Worker.invoke").__code__):
        problems.append("ministack words the death of a worker in another way.")
    if DOCUMENT in original(PROVISIONERS, "_RESOURCE_HANDLERS"):
        problems.append(f"ministack's CloudFormation knows {DOCUMENT} by now; drop ours.")
    if WITH_LOGICAL_ID not in _texts(original(PROVISIONERS, "_update_resource").__code__):
        problems.append(f"ministack's CloudFormation has no {WITH_LOGICAL_ID} any more.")
    interface = importlib.import_module(MOTO_INTERFACES).NetworkInterface
    if GROUPS not in interface.__init__.__code__.co_names:
        problems.append(f"moto's interfaces have no {GROUPS} any more.")
    return problems


def _texts(code: CodeType) -> set[object]:
    """Return the constants of a function and of those inside it."""
    inner = [it for it in code.co_consts if isinstance(it, CodeType)]
    return {*code.co_consts, *(text for it in inner for text in _texts(it))}
