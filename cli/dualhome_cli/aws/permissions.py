"""IAM's simulation of a role's policies, and who the caller is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from dualhome_cli.data.ports import Caller
from dualhome_cli.doctor.facts import Decision, Need


@dataclass(frozen=True, slots=True)
class IamSimulator:
    """
    The port ``PermissionSimulator``, for the roles of an account in a Region.

    Where a role has a permissions boundary, IAM simulates within it.
    """

    iam: Any
    partition: str
    account: str
    region: str
    path: str

    def decisions(self, need: Need, role: str) -> Iterator[Decision]:
        """Yield what IAM says of each action of ``need``, asked by one call."""
        arn = f"arn:{self.partition}:ec2:{self.region}:{self.account}:{need.resource}"
        answer = self.iam.simulate_principal_policy(
            PolicySourceArn=f"arn:{self.partition}:iam::{self.account}:role{self.path}{role}",
            ActionNames=list(need.actions),
            ResourceArns=[arn if need.resource != "*" else "*"],
            ContextEntries=[_entry(key, value) for key, value in need.context.items()],
        )
        for it in answer["EvaluationResults"]:
            above = it.get("OrganizationsDecisionDetail", {})
            yield Decision(
                role=need.role,
                action=it["EvalActionName"],
                allowed=it["EvalDecision"] == "allowed",
                by_organization=above.get("AllowedByOrganizations") is False,
            )


def _entry(key: str, value: str) -> Mapping[str, Any]:
    kind = "stringList" if key == "aws:TagKeys" else "string"
    return {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": kind}


def read_caller(sts: Any) -> Caller:  # noqa: ANN401 - its types are not installed
    """Return the ARN of the caller, its unique id, and the time by AWS's clock."""
    answer = sts.get_caller_identity()
    return Caller(answer["Arn"], answer["UserId"], _answered_at(answer))


def _answered_at(answer: Mapping[str, Any]) -> datetime | None:
    """
    Return the end of the second in which AWS answered, by its own clock.

    Records are dated by AWS's clocks, and a request is about what they held when it was made; this
    machine's clock may be minutes off.
    """
    date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    return parsedate_to_datetime(date) + timedelta(seconds=1) if date else None
