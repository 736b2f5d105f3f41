"""
IAM for Systems Manager: which resources the policies are asked about.

Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Systems
Manager".
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from localcloud.ec2.state import moto
from localcloud.patches import internals
from localcloud.ssm.documents import Documents, document_arn
from localcloud.ssm.request import Request, SsmError

OF_DOCUMENT = {
    *("CreateDocument", "DeleteDocument", "DescribeDocument", "GetDocument"),
    *("ListDocumentVersions", "UpdateDocument", "UpdateDocumentDefaultVersion"),
}
Check = tuple[str, dict[str, Any]]


def install(actions: Collection[str]) -> None:
    """Take the authorization of ``actions`` away from ministack, which knows parameters alone."""
    action_of = internals.original(internals.IAM_ACTIONS, "extract_iam_action")

    def not_of_ours(service: str, *args: object) -> str | None:
        named: str | None = action_of(service, *args)
        ours = service == "ssm" and (named or "").removeprefix("ssm:") in actions
        return None if ours else named

    internals.replace(internals.IAM_ACTIONS, "extract_iam_action", not_of_ours)


def authorize(request: Request, documents: Documents) -> None:
    """
    Ask the caller's policies about every resource of the call.

    Raises:
        SsmError: a policy does not allow it, or the credentials are not valid.
    """
    enforce = internals.original(internals.IAM_EVALUATOR, "enforce")
    failure = internals.original(internals.IAM_EVALUATOR, "AuthError")
    action, region = f"ssm:{request.action}", request.scope.region
    for arn, keys in _checks(request, documents):
        denied = enforce(request.access_key, action, "ssm", region, arn, keys)
        if isinstance(denied, failure):
            message = "The security token included in the request is invalid."
            raise SsmError("UnrecognizedClientException", message)
        if denied:
            explain = internals.original(internals.IAM_ACTIONS, "identity_denial_message")
            why = explain(action, denied.principal_arn, arn, denied.decision == "Deny")
            raise SsmError("AccessDeniedException", why)


def _checks(request: Request, documents: Documents) -> Iterator[Check]:
    """Return every question; all must be answered with Allow."""
    scope, name = request.scope, request.data.get("DocumentName") or request.data.get("Name")
    if request.action == "SendCommand":
        yield document_arn(scope, str(name)), _tag_keys(documents.tags(scope, str(name)))
        tags = moto.backend(scope).tags
        for instance in request.data.get("InstanceIds") or ():
            yield scope.arn("instance", instance), _tag_keys(tags.get(instance, {}))
    elif request.action in OF_DOCUMENT:
        given = {it["Key"]: it["Value"] for it in request.data.get("Tags", ())}
        asked = {f"aws:RequestTag/{key}": value for key, value in given.items()}
        keys = {**asked, "aws:TagKeys": list(given)} if given else {}
        own = _tag_keys(documents.tags(scope, str(name)))
        yield document_arn(scope, str(name)), {**own, **keys}
    else:
        yield "*", {}


def _tag_keys(tags: Mapping[str, str]) -> dict[str, Any]:
    services = ("aws:ResourceTag", "ssm:resourceTag")
    return {f"{name}/{key}": value for key, value in tags.items() for name in services}
