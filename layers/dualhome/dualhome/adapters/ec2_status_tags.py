"""The status tag on instances and interfaces."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from dualhome.adapters.aws_errors import domain_errors
from dualhome.domain.errors import InstanceGoneError, InterfaceGoneError, PermanentError

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

logger = Logger(child=True)


class Ec2StatusTags:
    """Writes one tag, and no other: its role allows no other key."""

    def __init__(self, ec2: "EC2Client", key: str) -> None:
        self._ec2 = ec2
        self._key = key

    def write(self, resources: Sequence[str], status: str) -> None:
        """
        Set the status of all ``resources`` in one call.

        CreateTags fails whole if one resource is gone or may not be tagged: then each is
        written by itself. A resource that is gone needs no status; one that may not be tagged is
        logged and left, since a tag is a report and never holds back the others.
        """
        try:
            self._create(resources, status)
        except (InstanceGoneError, InterfaceGoneError, PermanentError) as error:
            if len(resources) > 1:
                for resource in resources:
                    self.write([resource], status)
            elif isinstance(error, PermanentError):
                logger.exception("status not written", resource=resources[0])

    def _create(self, resources: Sequence[str], status: str) -> None:
        with domain_errors():
            self._ec2.create_tags(
                Resources=list(resources), Tags=[{"Key": self._key, "Value": status}]
            )
