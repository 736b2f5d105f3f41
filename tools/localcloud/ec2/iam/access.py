"""IAM for EC2: the caller's policies, asked by ministack's own evaluator."""

from collections.abc import Iterable

from localcloud.ec2.api.call import Call, Ec2Error, Scope
from localcloud.ec2.iam.resources import Check, checks
from localcloud.ec2.state import moto
from localcloud.ec2.state.world import World
from localcloud.patches import internals


def install() -> None:
    """
    Take EC2's authorization away from ministack, which checks one resource per call.

    ministack still checks the signature. The tags that its evaluator and its Resource Groups
    Tagging API see are moto's.
    """
    action_of = internals.original(internals.IAM_ACTIONS, "extract_iam_action")

    def not_of_ec2(service: str, *args: object) -> str | None:
        return None if service == "ec2" else action_of(service, *args)

    internals.replace(internals.IAM_ACTIONS, "extract_iam_action", not_of_ec2)
    for table in ("_COLLECTORS", "_RESOURCE_TAG_COLLECTORS"):
        internals.original(internals.TAGGING, table)["ec2"] = _tagged_resources


def _tagged_resources() -> Iterable[tuple[str, list[dict[str, str]]]]:
    account = internals.original(internals.RESPONSES, "get_account_id")()
    scope = Scope(account, internals.original(internals.RESPONSES, "get_region")())
    for resource, tags in moto.backend(scope).tags.items():
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        yield scope.arn(moto.resource_kind(resource), resource), pairs


def authorize(world: World, call: Call) -> None:
    """
    Ask the caller's policies about every resource of the call, with its tags as they see them.

    Raises:
        Ec2Error: a policy does not allow it, or the credentials are not valid.
    """
    with moto.showing_tags(call.scope, _tags_as_policies_see_them(world, call.scope)):
        _ask(call, checks(call, world.alternatives))


def _tags_as_policies_see_them(world: World, scope: Scope) -> dict[str, dict[str, str]]:
    now = moto.backend(scope).tags
    since, earlier = world.earlier_tags.get(scope, (0, {}))
    if world.timeline.clock() - since >= world.settings.policy_tags_lag_seconds:
        return now
    return {**now, **{it: tags for it, tags in earlier.items() if it in now}}


def _ask(call: Call, questions: Iterable[Check]) -> None:
    enforce = internals.original(internals.IAM_EVALUATOR, "enforce")
    failure = internals.original(internals.IAM_EVALUATOR, "AuthError")
    for check in questions:
        action, region = f"ec2:{check.action}", call.scope.region
        keys = {"ec2:Region": region, **check.keys}
        denied = enforce(call.access_key, action, "ec2", region, check.arn, keys)
        if isinstance(denied, failure):
            message = "AWS was not able to validate the provided access credentials"
            raise Ec2Error("AuthFailure", message, 401)
        if denied:
            explain = internals.original(internals.IAM_ACTIONS, "identity_denial_message")
            why = explain(action, denied.principal_arn, check.arn, denied.decision == "Deny")
            message = f"You are not authorized to perform this operation. {why}"
            raise Ec2Error("UnauthorizedOperation", message, 403)
