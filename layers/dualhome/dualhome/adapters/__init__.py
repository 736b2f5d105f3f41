"""The ports made of AWS: EC2, DynamoDB, SQS, EventBridge, CloudWatch."""
