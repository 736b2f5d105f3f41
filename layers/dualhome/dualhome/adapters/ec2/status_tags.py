"""The status tag on instances and interfaces."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from dualhome.adapters.aws_errors import domain_errors
from dualhome.domain.errors import (
    AccessDeniedError,
    InstanceGoneError,
    InterfaceGoneError,
    PermanentError,
    TransientError,
)

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
        Set the status of all ``resources`` in one call; an empty one takes the tag off.

        CreateTags fails whole if one resource is gone or may not be tagged: then each is
        written by itself.
        """
        try:
            self._set(resources, status)
        except (InstanceGoneError, InterfaceGoneError, PermanentError) as error:
            if len(resources) > 1:
                self._one_by_one(resources, status)
            elif isinstance(error, AccessDeniedError):
                raise
            elif isinstance(error, PermanentError):
                logger.exception("status not written", resource=resources[0])

    def _one_by_one(self, resources: Sequence[str], status: str) -> None:
        errors: list[TransientError | AccessDeniedError] = []
        for resource in resources:
            try:
                self.write([resource], status)
            except (TransientError, AccessDeniedError) as error:
                errors.append(error)
        if errors:
            raise next((it for it in errors if isinstance(it, TransientError)), errors[0])

    def _set(self, resources: Sequence[str], status: str) -> None:
        with domain_errors():
            if status:
                self._ec2.create_tags(
                    Resources=list(resources), Tags=[{"Key": self._key, "Value": status}]
                )
            else:
                # With a key and no value, whatever the value is (EC2 API Reference, DeleteTags).
                self._ec2.delete_tags(Resources=list(resources), Tags=[{"Key": self._key}])
