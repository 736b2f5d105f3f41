"""The release breaker as one item of the attachments table: what it has admitted of late."""

from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from dualhome.adapters.aws_errors import domain_errors
from dualhome.domain.identifiers import InstanceId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

logger = Logger(child=True)

KEY = {"pk": {"S": "RELEASE_BREAKER"}, "sk": {"S": "SWEEP"}}

ROOM = (
    "attribute_not_exists(held) AND (attribute_not_exists(instances)"
    " OR size(instances) < :most OR contains(instances, :instance))"
)


class DynamoDbReleaseBreaker:
    """The item holds ids of 19 characters, so that 10,000 of them stay below DynamoDB's 400 KB."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, most_releases: int) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._most = most_releases

    def admits(self, instance: InstanceId) -> bool:
        """Say whether ``instance`` is, or can still be, among those that may lose interfaces."""
        admitted = self._most > 0 and self._added(instance)
        if not admitted:
            logger.warning("release deferred by the breaker", instance=instance, most=self._most)
        return admitted

    def open(self) -> None:
        """Let nothing more go until ``release``."""
        with domain_errors():
            self._dynamodb.update_item(
                TableName=self._table,
                Key=KEY,
                UpdateExpression="SET held = :true",
                ExpressionAttributeValues={":true": {"BOOL": True}},
            )

    def reset(self) -> None:
        """Begin to count anew."""
        with domain_errors():
            self._dynamodb.delete_item(TableName=self._table, Key=KEY)

    def _added(self, instance: InstanceId) -> bool:
        with domain_errors():
            try:
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=KEY,
                    UpdateExpression="ADD instances :instances",
                    ConditionExpression=ROOM,
                    ExpressionAttributeValues={
                        ":instances": {"SS": [instance]},
                        ":instance": {"S": instance},
                        ":most": {"N": str(self._most)},
                    },
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                return False
        return True
