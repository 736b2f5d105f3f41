"""All of EC2's instances and interfaces that have to do with us, for a sweep."""

from typing import TYPE_CHECKING, Any

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.ec2 import shapes
from dualhome.application.sweep_ports import Page
from dualhome.domain.ec2 import Instance, Interface
from dualhome.domain.tags import TagKeys

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client


class Ec2Scan:
    """The account in the Region; EC2 takes a ``page`` of 5 to 1,000."""

    def __init__(self, ec2: "EC2Client", keys: TagKeys, page: int = shapes.PAGE) -> None:
        self._ec2 = ec2
        self._keys = keys
        self._page = page

    def asking(self, token: str | None) -> Page[Instance]:
        """Return a page of the instances that ask, whatever their state."""
        return self._with_tags(token, self._keys.targets, self._keys.ignore)

    def tagged(self, token: str | None) -> Page[Instance]:
        """Return a page of the instances that carry a tag of ours, whatever their state."""
        return self._with_tags(token, self._keys.targets, self._keys.ignore, self._keys.status)

    def pools(self, token: str | None) -> Page[Interface]:
        """Return a page of the interfaces that are in a pool, managed ones too."""
        with domain_errors():
            answer = self._ec2.describe_network_interfaces(
                Filters=[{"Name": "tag-key", "Values": [self._keys.pool]}],
                IncludeManagedResources=True,
                **self._from(token),
            )
        found = [shapes.interface(it) for it in answer["NetworkInterfaces"]]
        return Page(found, answer.get("NextToken") or None)

    def _with_tags(self, token: str | None, *keys: str) -> Page[Instance]:
        with domain_errors():
            answer = self._ec2.describe_instances(
                Filters=[{"Name": "tag-key", "Values": list(keys)}], **self._from(token)
            )
        found = shapes.instances(answer["Reservations"])
        return Page(list(found), answer.get("NextToken") or None)

    def _from(self, token: str | None) -> dict[str, Any]:
        size = {"MaxResults": self._page}
        return size | {"NextToken": token} if token else size
